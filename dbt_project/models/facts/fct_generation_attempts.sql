{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("generation_attempts", "attempted_at") }}

select *
from touched

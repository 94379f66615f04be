{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("generations", "generated_at") }}

select *
from touched

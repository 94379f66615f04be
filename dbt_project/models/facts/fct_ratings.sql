{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("ratings", "rated_at") }}

select *
from touched

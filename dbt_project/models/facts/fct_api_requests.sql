{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("api_requests", "requested_at") }}

select *
from touched

{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with {{ touched_rows("api_requests", "requested_at") }}

select *
from touched

{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("uptime_checks", "checked_at") }}

select *
from touched

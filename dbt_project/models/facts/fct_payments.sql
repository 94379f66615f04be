{{ config(materialized="incremental", unique_key="reporting_date") }}

with {{ touched_rows("payments", "paid_at") }}

select *
from touched

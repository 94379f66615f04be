{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with {{ touched_rows("payments", "paid_at") }}

select *
from touched

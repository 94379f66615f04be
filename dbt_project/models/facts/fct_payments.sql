{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("payments") }}),

    dated as (select *, {{ reporting_date("paid_at") }} as reporting_date from unioned where paid_at < {{ as_of() }}),

    touched as (select * from dated where {{ is_touched(instant="paid_at") }})

select *
from touched

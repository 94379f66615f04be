{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("uptime_checks") }}),

    dated as (
        select *, {{ reporting_date("checked_at") }} as reporting_date from unioned where checked_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="checked_at") }})

select *
from touched

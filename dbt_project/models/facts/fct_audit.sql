{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("audit") }}),

    dated as (
        select *, {{ reporting_date("occurred_at") }} as reporting_date from unioned where occurred_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="occurred_at") }})

select *
from touched

{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("jobs") }}),

    dated as (
        select *, {{ reporting_date("enqueued_at") }} as reporting_date from unioned where enqueued_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="enqueued_at") }})

select *
from touched

{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("api_requests") }}),

    dated as (
        select *, {{ reporting_date("requested_at") }} as reporting_date from unioned where requested_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="requested_at") }})

select *
from touched

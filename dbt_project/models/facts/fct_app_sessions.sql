{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("app_sessions") }}),

    dated as (
        select *, {{ reporting_date("visit_started_at") }} as reporting_date from unioned where visit_started_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="visit_started_at") }})

select *
from touched

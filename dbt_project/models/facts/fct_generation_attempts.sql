{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("generation_attempts") }}),

    dated as (
        select *, {{ reporting_date("attempted_at") }} as reporting_date from unioned where attempted_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="attempted_at") }})

select *
from touched

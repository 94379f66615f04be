{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("generation_deletions") }}),

    dated as (
        select
            *,
            {{ reporting_date("generated_at") }} as reporting_date,
            {{ observed_date("found_deleted_at") }} as deleted_date
        from unioned
        where generated_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="generated_at") }})

select *
from touched

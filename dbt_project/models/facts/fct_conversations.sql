{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("conversations") }}),

    dated as (
        select *, {{ reporting_date("started_at") }} as reporting_date from unioned where started_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="started_at") }})

select *
from touched

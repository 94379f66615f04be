{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("ratings") }}),

    dated as (select *, {{ reporting_date("rated_at") }} as reporting_date from unioned where rated_at < {{ as_of() }}),

    touched as (select * from dated where {{ is_touched(instant="rated_at") }})

select *
from touched

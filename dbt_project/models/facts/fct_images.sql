{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("images") }}),

    dated as (select *, {{ reporting_date("made_at") }} as reporting_date from unioned where made_at < {{ as_of() }}),

    touched as (select * from dated where {{ is_touched(instant="made_at") }})

select *
from touched

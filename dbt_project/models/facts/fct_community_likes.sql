{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    unioned as ({{ union_systems("community_likes") }}),

    dated as (
        select *, {{ reporting_date("liked_at") }} as reporting_date from unioned where liked_at < {{ as_of() }}
    ),

    touched as (select * from dated where {{ is_touched(instant="liked_at") }})

select *
from touched

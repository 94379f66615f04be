{{ config(materialized="view") }}

with
    unioned as ({{ union_systems("page_measurements") }}),

    known as (
        select *, {{ reporting_date("measured_at") }} as reporting_date from unioned where {{ is_past("measured_at") }}
    )

select *
from known

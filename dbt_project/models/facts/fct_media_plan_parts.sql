with
    unioned as ({{ union_systems("media_plan_parts") }}),

    known as (
        select *, {{ reporting_date("created_at") }} as reporting_date
        from unioned
        where {{ is_past("created_at", unknown=true) }}
    )

select *
from known

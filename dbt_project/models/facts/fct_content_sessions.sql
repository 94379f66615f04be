with
    unioned as ({{ union_systems("content_sessions") }}),

    known as (
        select *, {{ reporting_date("created_at") }} as reporting_date
        from unioned
        where {{ is_past("created_at", unknown=true) }}
    )

select *
from known

with
    unioned as ({{ union_systems("funnel_visits") }}),

    known as (
        select *, {{ reporting_date("visit_started_at") }} as reporting_date
        from unioned
        where {{ is_past("visit_started_at") }}
    )

select *
from known

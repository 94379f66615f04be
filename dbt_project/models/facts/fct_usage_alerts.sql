with
    unioned as ({{ union_systems("usage_alerts") }}),

    known as (
        select *, {{ reporting_date("alerted_at") }} as reporting_date from unioned where {{ is_past("alerted_at") }}
    )

select *
from known

with
    unioned as ({{ union_systems("jobs") }}),

    known as (
        select *, {{ reporting_date("enqueued_at") }} as reporting_date from unioned where {{ is_past("enqueued_at") }}
    )

select *
from known

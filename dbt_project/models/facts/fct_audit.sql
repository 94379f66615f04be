with
    unioned as ({{ union_systems("audit") }}),

    known as (
        select *, {{ reporting_date("occurred_at") }} as reporting_date from unioned where occurred_at < {{ as_of() }}
    )

select *
from known

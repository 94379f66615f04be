with
    unioned as ({{ union_systems("credit_movements") }}),

    dated as (
        select *, {{ reporting_date("occurred_at") }} as reporting_date from unioned where occurred_at < {{ as_of() }}
    )

select *
from dated

with
    unioned as ({{ union_systems("credit_movements") }}),

    dated as (
        select *, {{ reporting_date("occurred_at") }} as reporting_date from unioned where {{ is_past("occurred_at") }}
    )

select *
from dated

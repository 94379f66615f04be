with
    unioned as ({{ union_systems("conversations") }}),

    known as (
        select *, {{ reporting_date("started_at") }} as reporting_date from unioned where {{ is_past("started_at") }}
    )

select *
from known

with
    unioned as ({{ union_systems("tickets") }}),

    known as (
        select *, {{ reporting_date("opened_at") }} as reporting_date
        from unioned
        where {{ is_past("opened_at", unknown=true) }}
    )

select *
from known

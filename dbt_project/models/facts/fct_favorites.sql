with
    unioned as ({{ union_systems("favorites") }}),

    known as (
        select *, {{ reporting_date("favorited_at") }} as reporting_date
        from unioned
        where {{ is_past("favorited_at", unknown=true) }}
    )

select *
from known

with
    unioned as ({{ union_systems("community_items") }}),

    known as (
        select *, {{ reporting_date("shared_at") }} as reporting_date
        from unioned
        where {{ is_past("shared_at", unknown=true) }}
    )

select *
from known

with
    unioned as ({{ union_systems("media") }}),

    known as (
        select *, {{ reporting_date("created_at") }} as reporting_date
        from unioned
        where created_at is null or created_at < {{ as_of() }}
    )

select *
from known

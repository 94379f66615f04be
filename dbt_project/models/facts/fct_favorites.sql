with
    unioned as ({{ union_systems("favorites") }}),

    known as (
        select *, {{ reporting_date("favorited_at") }} as reporting_date
        from unioned
        where favorited_at is null or favorited_at < {{ as_of() }}
    )

select *
from known

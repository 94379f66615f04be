with
    unioned as ({{ union_systems("community_items") }}),

    known as (
        select *, {{ reporting_date("shared_at") }} as reporting_date
        from unioned
        where shared_at is null or shared_at < {{ as_of() }}
    )

select *
from known

with
    unioned as ({{ union_systems("community_likes") }}),

    known as (select *, {{ reporting_date("liked_at") }} as reporting_date from unioned where {{ is_past("liked_at") }})

select *
from known

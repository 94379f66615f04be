with
    unioned as ({{ union_systems("characters") }}),

    known as (select * from unioned where created_at is null or created_at < {{ as_of() }})

select *
from known

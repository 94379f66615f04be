with
    unioned as ({{ union_systems("clients") }}),

    known as (select * from unioned where {{ is_past("created_at", unknown=true) }})

select *
from known

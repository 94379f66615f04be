with
    unioned as ({{ union_systems("ratings") }}),

    known as (select *, {{ reporting_date("rated_at") }} as reporting_date from unioned where rated_at < {{ as_of() }})

select *
from known

with
    unioned as ({{ union_systems("images") }}),

    known as (select *, {{ reporting_date("made_at") }} as reporting_date from unioned where made_at < {{ as_of() }})

select *
from known

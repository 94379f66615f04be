with
    unioned as ({{ union_systems("images") }}),

    known as (select *, {{ reporting_date("made_at") }} as reporting_date from unioned where {{ is_past("made_at") }})

select *
from known

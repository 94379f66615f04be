with
    unioned as ({{ union_systems("campaign_outcomes") }}),

    known as (
        select *, {{ reporting_date("created_at") }} as reporting_date from unioned where created_at < {{ as_of() }}
    )

select *
from known

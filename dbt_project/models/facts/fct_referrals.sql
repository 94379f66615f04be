with
    unioned as ({{ union_systems("referrals") }}),

    known as (
        select *, {{ reporting_date("referred_at") }} as reporting_date
        from unioned
        where {{ is_past("referred_at", unknown=true) }}
    )

select *
from known

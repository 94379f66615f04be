with
    unioned as ({{ union_systems("referrals") }}),

    known as (
        select *, {{ reporting_date("referred_at") }} as reporting_date
        from unioned
        where referred_at is null or referred_at < {{ as_of() }}
    )

select *
from known

with
    unioned as ({{ union_systems("users") }}),

    dated as (
        select
            *,
            user_type = 'internal' as is_internal,
            {{ reporting_date("signed_up_at") }} as signup_date,
            case when is_deleted then {{ observed_date("observed_at") }} end as deleted_date
        from unioned
        where signed_up_at is null or signed_up_at < {{ as_of() }}
    )

select *
from dated

with
    unioned as ({{ union_systems("users") }}),

    dated as (
        select
            *,
            user_type = 'internal' as is_internal,
            {{ reporting_date("signed_up_at") }} as signup_date,
            case when is_deleted then {{ observed_date("observed_at") }} end as deleted_date
        from unioned
        where {{ is_past("signed_up_at", unknown=true) }}
    )

select *
from dated

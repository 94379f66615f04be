with
    windows as (select * from {{ ref("stg_marketing_engine__api_rate_limits") }}),

    shaped as (
        select
            {{ platform_key("marketing_engine", "api_rate_limit_id") }} as rate_limit_key,
            'marketing_engine' as platform,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            service_type,
            window_type,
            max_requests,
            current_requests,
            coalesce(is_blocked, false) as is_blocked,
            window_start as window_starts_at,
            window_end as window_ends_at,
            blocked_until
        from windows
    )

select *
from shaped

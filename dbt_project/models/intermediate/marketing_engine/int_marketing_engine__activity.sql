with
    logs as (select * from {{ ref("stg_marketing_engine__activity_logs") }}),

    -- the log names neither refusals nor acts of administrators
    shaped as (
        select
            {{ platform_key("marketing_engine", "activity_id") }} as activity_key,
            'marketing_engine' as platform,
            activity_id,
            coalesce(action, 'unknown') as action,
            false as is_refused,
            false as is_admin_action,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            agent_device as device_type,
            agent_browser as browser,
            created_at as occurred_at
        from logs
    )

select *
from shaped

with
    sessions as (select * from {{ ref("stg_marketing_engine__user_sessions") }}),

    -- calls and page metrics carry the visit's own id, not that of its row
    named as (select * replace (coalesce(app_session_id, user_session_id) as app_session_id) from sessions),

    shaped as (
        select
            {{ platform_key("marketing_engine", "app_session_id") }} as app_session_key,
            'marketing_engine' as platform,
            app_session_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            coalesce(started_at, created_at) as visit_started_at,
            ended_at as visit_ended_at,
            pages_count,
            actions_count as visit_actions_count,
            agent_device as device_type,
            agent_browser as browser,
            referrer_host,
            landing_page,
            exit_page
        from named
    )

select *
from shaped

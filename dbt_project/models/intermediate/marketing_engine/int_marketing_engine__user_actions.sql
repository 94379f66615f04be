with
    logs as (select * from {{ ref("stg_marketing_engine__activity_logs") }}),

    sessions as (select * from {{ ref("stg_marketing_engine__user_sessions") }}),

    united as (
        select 'action' as action_type, activity_id as action_id, user_id, created_at as acted_at
        from logs
        union all
        select 'session' as action_type, user_session_id as action_id, user_id, coalesce(started_at, created_at)
        from sessions
    ),

    shaped as (
        select
            'marketing_engine' as platform,
            action_type,
            action_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            acted_at
        from united
        where user_id is not null
    )

select *
from shaped

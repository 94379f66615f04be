with
    attempts as (select * from {{ ref("stg_photobooth__generation_attempts") }}),

    logs as (select * from {{ ref("stg_photobooth__activity_logs") }}),

    -- what was refused is no activity
    done as (select * from logs where coalesce(action, '') not in ('login_failed', 'api_denied')),

    -- what was refused for lack of credits never began
    united as (
        select
            case when attempt_status = 'denied_no_credit' then 'refusal' else 'attempt' end as action_type,
            generation_attempt_id as action_id,
            profile_id,
            created_at
        from attempts
        union all
        select 'action' as action_type, activity_id as action_id, profile_id, created_at
        from done
    ),

    shaped as (
        select
            'photobooth' as platform,
            action_type,
            action_id,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            created_at as acted_at
        from united
        where profile_id is not null
    )

select *
from shaped

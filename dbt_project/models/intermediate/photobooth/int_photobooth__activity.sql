with
    logs as (select * from {{ ref("stg_photobooth__activity_logs") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "activity_id") }} as activity_key,
            'photobooth' as platform,
            activity_id,
            coalesce(action, 'unknown') as action,
            coalesce(action in ('login_failed', 'api_denied'), false) as is_refused,
            false as is_admin_action,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            {{ platform_key("photobooth", "partner_id") }} as partner_key,
            {{ platform_key("photobooth", "event_id") }} as event_key,
            coalesce(event_id, partner_id) as subject_id,
            email_hash,
            api_cost_usd,
            created_at as occurred_at
        from logs
    )

select *
from shaped

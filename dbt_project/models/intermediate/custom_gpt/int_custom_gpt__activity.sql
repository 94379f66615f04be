with
    logs as (select * from {{ ref("stg_custom_gpt__audit_logs") }}),

    shaped as (
        select
            {{ platform_key("custom_gpt", "audit_log_id") }} as activity_key,
            'custom_gpt' as platform,
            audit_log_id as activity_id,
            coalesce(action, 'unknown') as action,
            is_success is false as is_refused,
            resource_type as feature,
            false as is_admin_action,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            resource_id as subject_id,
            created_at as occurred_at
        from logs
    )

select *
from shaped

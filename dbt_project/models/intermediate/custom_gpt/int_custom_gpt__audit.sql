with
    logs as (select * from {{ ref("stg_custom_gpt__audit_logs") }}),

    shaped as (
        select
            {{ platform_key("custom_gpt", "audit_log_id") }} as audit_key,
            'custom_gpt' as platform,
            audit_log_id as audit_id,
            {{ platform_key("custom_gpt", "user_id") }} as actor_key,
            coalesce(action, 'unknown') as audit_action,
            resource_type,
            resource_id,
            is_success as audit_is_success,
            created_at as occurred_at
        from logs
    )

select *
from shaped

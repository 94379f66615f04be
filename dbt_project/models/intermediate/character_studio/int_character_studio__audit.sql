with
    entries as (select * from {{ ref("stg_character_studio__admin_audit_entries") }}),

    admins as (select * from {{ ref("stg_character_studio__admin_users") }}),

    shaped as (
        select
            {{ platform_key("character_studio", "entries.audit_id") }} as audit_key,
            'character_studio' as platform,
            entries.audit_id,
            {{ platform_key("character_studio", "'admin:' || entries.admin_id") }} as actor_key,
            admins.role as actor_role,
            coalesce(entries.audit_action, 'unknown') as audit_action,
            entries.entity_type as resource_type,
            entries.entity_id as resource_id,
            entries.audit_amount,
            entries.reason_category,
            entries.old_status,
            entries.new_status,
            entries.created_at as occurred_at
        from entries
        left join admins on entries.admin_id = admins.admin_id
    )

select *
from shaped

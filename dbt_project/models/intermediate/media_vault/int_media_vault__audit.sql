with
    tracked as (select * from {{ ref("int_media_vault__tracked_actions") }}),

    administration as (select * from tracked where is_admin_action),

    shaped as (
        select
            {{ platform_key("media_vault", "activity_id") }} as audit_key,
            'media_vault' as platform,
            activity_id as audit_id,
            {{ platform_key("media_vault", "user_id") }} as actor_key,
            action as audit_action,
            case when target_user_id is not null then 'user' end as resource_type,
            target_user_id as resource_id,
            logged_at as occurred_at
        from administration
    )

select *
from shaped

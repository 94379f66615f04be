with
    entries as (select * from {{ ref("int_media_vault__log_entries") }}),

    logins as (select * from {{ ref("stg_media_vault__login_events") }}),

    -- generations are counted as such; what administrators do in their part of the product is no activity
    united as (
        select 'action' as action_type, activity_id as action_id, user_id, logged_at as acted_at
        from entries
        where not is_admin_action and generation_kind is null
        union all
        select 'session' as action_type, login_event_id as action_id, user_id, created_at as acted_at
        from logins
    ),

    shaped as (
        select
            'media_vault' as platform,
            action_type,
            action_id,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            acted_at
        from united
        where user_id is not null and acted_at is not null
    )

select *
from shaped

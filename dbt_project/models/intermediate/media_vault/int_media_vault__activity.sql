with
    entries as (select * from {{ ref("int_media_vault__log_entries") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "activity_id") }} as activity_key,
            'media_vault' as platform,
            activity_id,
            action,
            false as is_refused,
            feature,
            is_admin_action,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            -- an administrator works on an account, anybody else on a content session
            nullif(concat_ws('/', content_session_id, target_user_id), '') as subject_id,
            theme,
            layout,
            case
                when media_type in ('image', 'video') or media_type is null then media_type else 'other'
            end as media_type,
            logged_at as occurred_at
        from entries
    )

select *
from shaped

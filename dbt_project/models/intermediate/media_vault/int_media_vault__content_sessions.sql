with
    sessions as (select * from {{ ref("stg_media_vault__content_sessions") }}),

    media as (select * from {{ ref("stg_media_vault__session_media") }}),

    counted as (
        select
            content_session_id,
            count(*) as media_count,
            count(*) filter (where media_type = 'image') as image_media_count,
            count(*) filter (where media_type = 'video') as video_media_count,
            count(*) filter (where has_caption) as captioned_count
        from media
        group by content_session_id
    ),

    shaped as (
        select
            {{ platform_key("media_vault", "sessions.content_session_id") }} as content_session_key,
            'media_vault' as platform,
            sessions.content_session_id,
            {{ platform_key("media_vault", "sessions.user_id") }} as user_key,
            sessions.theme,
            case
                when sessions.transition in ('fade', 'slide', 'zoom', 'flip', 'none') or sessions.transition is null
                then sessions.transition
                else 'other'
            end as transition,
            sessions.is_public,
            sessions.is_shared_to_community,
            sessions.is_favorite,
            sessions.is_manual,
            sessions.is_imported,
            sessions.import_source,
            coalesce(counted.media_count, 0) as media_count,
            coalesce(counted.image_media_count, 0) as image_media_count,
            coalesce(counted.video_media_count, 0) as video_media_count,
            coalesce(counted.captioned_count, 0) as captioned_count,
            sessions.created_at,
            sessions.updated_at
        from sessions
        left join counted on sessions.content_session_id = counted.content_session_id
    )

select *
from shaped

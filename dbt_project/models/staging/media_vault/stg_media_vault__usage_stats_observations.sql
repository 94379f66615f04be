{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and its key is proven while it is made
with
    source as (select * from {{ source("archive_media_vault", "user_usage_stats") }}),

    -- the counters keep their names: a comparison with the log names them
    renamed as (
        select
            -- ids
            id::varchar as usage_stats_id,
            user_id::varchar as user_id,

            -- counters
            sessions_created::bigint as sessions_created,
            sessions_viewed::bigint as sessions_viewed,
            sessions_edited::bigint as sessions_edited,
            sessions_deleted::bigint as sessions_deleted,
            sessions_shared::bigint as sessions_shared,
            sessions_favorited::bigint as sessions_favorited,
            smart_captions_generated::bigint as smart_captions_generated,
            custom_captions_generated::bigint as custom_captions_generated,
            caption_theme_1::bigint as caption_theme_1,
            caption_theme_2::bigint as caption_theme_2,
            caption_theme_3::bigint as caption_theme_3,
            caption_theme_4::bigint as caption_theme_4,
            caption_theme_5::bigint as caption_theme_5,
            studio_images_created::bigint as studio_images_created,
            studio_remixes_created::bigint as studio_remixes_created,
            studio_layouts_side_by_side::bigint as studio_layouts_side_by_side,
            studio_layouts_top_bottom::bigint as studio_layouts_top_bottom,
            media_uploaded::bigint as media_uploaded,
            media_deleted::bigint as media_deleted,
            media_shared::bigint as media_shared,
            media_downloaded::bigint as media_downloaded,
            bulk_downloads::bigint as bulk_downloads,
            login_count::bigint as login_count,
            pages_viewed::bigint as pages_viewed,
            api_calls_total::bigint as api_calls_total,
            time_spent_minutes::bigint as time_spent_minutes,

            -- timestamps
            first_activity_at,
            last_activity_at,
            updated_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

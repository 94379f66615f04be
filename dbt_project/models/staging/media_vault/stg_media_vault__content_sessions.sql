with
    source as (select * from {{ source("raw_media_vault", "content_sessions") }}),

    renamed as (
        select
            -- ids
            id::varchar as content_session_id,
            user_id::varchar as user_id,
            category_id::varchar as category_id,

            -- what it is
            lower(nullif(trim(category_source), '')) as category_source,
            lower(nullif(trim(transition), '')) as transition,
            lower(nullif(trim(caption_theme), '')) as theme,
            lower(nullif(trim(import_source), '')) as import_source,
            coalesce(is_public, false) as is_public,
            coalesce(share_to_community, false) as is_shared_to_community,
            coalesce(is_favorite, false) as is_favorite,
            coalesce(is_manual_mode, false) as is_manual,
            coalesce(is_imported, false) as is_imported,
            coalesce(has_share_code, false) as has_share_code,

            -- counts
            feed_count::bigint as feed_count,
            interval_min::bigint as interval_min_seconds,
            interval_max::bigint as interval_max_seconds,

            -- timestamps
            created_at,
            updated_at
        from source
    )

select *
from renamed

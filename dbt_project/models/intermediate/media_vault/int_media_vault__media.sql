with
    files as (select * from {{ ref("stg_media_vault__media") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "media_id") }} as media_key,
            'media_vault' as platform,
            media_id,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            coalesce(media_source, 'unknown') as media_source,
            case when media_type in ('image', 'video') then media_type else 'other' end as media_type,
            file_size_bytes,
            is_shared as media_is_shared,
            created_at,
            deleted_at
        from files
    )

select *
from shaped

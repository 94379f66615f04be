with
    likes as (select * from {{ ref("stg_media_vault__community_likes") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "like_id") }} as like_key,
            'media_vault' as platform,
            like_id,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            {{ platform_key("media_vault", "community_item_id") }} as community_item_key,
            created_at as liked_at
        from likes
        where created_at is not null
    )

select *
from shaped

with
    likes as (select * from {{ ref("stg_media_vault__community_likes") }}),

    items as (select * from {{ ref("stg_media_vault__community_items") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "likes.like_id") }} as like_key,
            'media_vault' as platform,
            likes.like_id,
            {{ platform_key("media_vault", "likes.user_id") }} as user_key,
            -- a user may like a session and a file of the same number: a like is of the item of its kind
            case
                when coalesce(likes.kind = items.kind, true)
                then {{ platform_key("media_vault", "likes.community_item_id") }}
            end as community_item_key,
            likes.created_at as liked_at
        from likes
        left join items on likes.community_item_id = items.community_item_id
        where likes.created_at is not null
    )

select *
from shaped

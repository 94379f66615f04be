with
    items as (select * from {{ ref("stg_media_vault__community_items") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "community_item_id") }} as community_item_key,
            'media_vault' as platform,
            community_item_id,
            case when kind in ('session', 'media') then kind else 'other' end as community_item_kind,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            likes_reported,
            is_hidden,
            created_at as shared_at
        from items
    )

select *
from shaped

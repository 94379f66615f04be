with
    logs as (select * from {{ ref("stg_media_vault__activity_logs") }}),

    -- a helper of the product leaves out the prefix; where a feature has several actions of such an ending it stays
    named as (
        select
            * exclude (action, created_at),
            case
                when
                    feature = 'sessions'
                    and action in ('created', 'viewed', 'edited', 'deleted', 'shared', 'favorited', 'refreshed')
                then 'session_' || action
                when feature = 'studio' and action in ('created', 'remix')
                then 'studio_' || action
                when feature = 'media_gallery' and action in ('uploaded', 'deleted', 'shared', 'downloaded')
                then 'media_' || action
                when feature = 'smart_captions' and action = 'generated'
                then 'smart_caption_generated'
                when feature = 'smart_captions' and action = 'regenerated'
                then 'caption_regenerated'
                else coalesce(action, 'unknown')
            end as action,
            created_at as logged_at
        from logs
        where created_at is not null
    ),

    -- a custom caption is written by hand, which is no generation
    shaped as (
        select
            *,
            coalesce(feature = 'admin', false) as is_admin_action,
            case
                when action in ('smart_caption_generated', 'caption_regenerated')
                then 'caption'
                when action in ('studio_created', 'studio_remix')
                then 'image'
            end as generation_kind
        from named
    )

select *
from shaped

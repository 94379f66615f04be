with
    character_observations as (select * from {{ ref("stg_character_studio__character_observations") }}),

    latest as ({{ latest_observations("character_observations", "character_id") }}),

    shaped as (
        select
            {{ platform_key("character_studio", "character_id") }} as character_key,
            'character_studio' as platform,
            character_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            character_style,
            gender,
            age_range,
            is_nsfw,
            character_status,
            posts_reported,
            likes_reported,
            deleted_at,
            created_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

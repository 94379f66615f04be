with
    favorites as (select * from {{ ref("stg_photobooth__favorites") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "favorite_id") }} as favorite_key,
            'photobooth' as platform,
            favorite_id,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            {{ platform_key("photobooth", "style_id") }} as style_key,
            created_at as favorited_at
        from favorites
    )

select *
from shaped

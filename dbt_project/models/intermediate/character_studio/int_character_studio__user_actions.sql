with
    images as (select * from {{ ref("stg_character_studio__images") }}),

    app_sessions as (select * from {{ ref("stg_character_studio__app_sessions") }}),

    -- by the creation of the row, whose day is built again when the row changes
    united as (
        select 'action' as action_type, image_id as action_id, user_id, created_at
        from images
        union all
        select 'session' as action_type, app_session_id as action_id, user_id, created_at
        from app_sessions
    ),

    shaped as (
        select
            'character_studio' as platform,
            action_type,
            action_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            created_at as acted_at
        from united
        where user_id is not null
    )

select *
from shaped

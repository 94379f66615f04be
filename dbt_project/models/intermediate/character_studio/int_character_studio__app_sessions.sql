with
    app_sessions as (select * from {{ ref("stg_character_studio__app_sessions") }}),

    dated as (select *, coalesce(started_at, created_at) as visit_started_at from app_sessions),

    shaped as (
        select
            {{ platform_key("character_studio", "app_session_id") }} as app_session_key,
            'character_studio' as platform,
            app_session_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            visit_started_at,
            case when ended_at >= visit_started_at then ended_at end as visit_ended_at,
            device_type,
            country_code
        from dated
    )

select *
from shaped

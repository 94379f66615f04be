with
    images as (select * from {{ ref("stg_character_studio__images") }}),

    app_sessions as (select * from {{ ref("stg_character_studio__app_sessions") }}),

    -- other jobs are generations
    trainings as (select * from {{ ref("stg_character_studio__generation_jobs") }} where job_type = 'lora_training'),

    united as (
        select 'action' as action_type, image_id as action_id, user_id, created_at as acted_at
        from images
        union all
        select 'action' as action_type, generation_job_id as action_id, user_id, created_at
        from trainings
        union all
        select 'session' as action_type, app_session_id as action_id, user_id, coalesce(started_at, created_at)
        from app_sessions
    ),

    shaped as (
        select
            'character_studio' as platform,
            action_type,
            action_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            acted_at
        from united
        where user_id is not null
    )

select *
from shaped

with
    images as (select * from {{ ref("stg_character_studio__images") }}),

    judged as (
        select
            *,
            case when edit_type is null and source_image_id is null then 'studio' else 'edit' end as image_kind,
            case
                when image_status = 'completed'
                then 'succeeded'
                when image_status = 'failed'
                then 'failed'
                when image_status in ('pending', 'generating')
                then 'pending'
                else 'other'
            end as outcome
        from images
    ),

    shaped as (
        select
            {{ platform_key("character_studio", "image_id") }} as image_key,
            'character_studio' as platform,
            image_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            {{ platform_key("character_studio", "character_id") }} as character_key,
            image_kind,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome = 'failed' as is_failed,
            scene,
            environment,
            outfit,
            pose_id as pose,
            lighting_id as lighting,
            style_id as image_style,
            model_name,
            aspect_ratio,
            is_nsfw,
            is_liked,
            is_prompt_enhanced,
            width,
            height,
            {{ character_studio_error_class("source_error_class") }} as error_class,
            deleted_at,
            created_at as made_at
        from judged
    )

select *
from shaped

with
    source as (select * from {{ source("raw_character_studio", "images") }}),

    renamed as (
        select
            -- ids
            id::varchar as image_id,
            character_id::varchar as character_id,
            user_id::varchar as user_id,
            source_image_id::varchar as source_image_id,

            -- what it is
            lower(nullif(trim(edit_type), '')) as edit_type,
            lower(nullif(trim(status), '')) as image_status,
            lower(nullif(trim(model_id), '')) as model_name,
            generation_error_class as source_error_class,

            -- what it shows
            lower(nullif(trim(scene), '')) as scene,
            lower(nullif(trim(environment), '')) as environment,
            lower(nullif(trim(outfit), '')) as outfit,
            nullif(trim(pose_id), '') as pose_id,
            nullif(trim(style_id), '') as style_id,
            nullif(trim(lighting_id), '') as lighting_id,
            nullif(trim(aspect_ratio), '') as aspect_ratio,
            width,
            height,
            coalesce(nsfw, false) as is_nsfw,
            coalesce(liked, false) as is_liked,
            coalesce(prompt_enhance, false) as is_prompt_enhanced,

            -- timestamps
            deleted_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_character_studio", "posts") }}),

    renamed as (
        select
            -- ids
            id::varchar as post_id,
            character_id::varchar as character_id,
            user_id::varchar as user_id,
            job_id::varchar as generation_job_id,
            prompt_id::varchar as prompt_id,

            -- what it shows
            lower(nullif(trim(scene), '')) as scene,
            lower(nullif(trim(environment), '')) as environment,
            lower(nullif(trim(outfit), '')) as outfit,
            nullif(trim(aspect_ratio), '') as aspect_ratio,
            coalesce(nsfw, false) as is_nsfw,
            coalesce(caption_edited, false) as is_caption_edited,
            coalesce(liked, false) as is_liked,
            coalesce(exported, false) as is_exported,

            -- timestamps
            exported_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

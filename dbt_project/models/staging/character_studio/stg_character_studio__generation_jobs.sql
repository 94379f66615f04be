with
    source as (select * from {{ source("raw_character_studio", "generation_jobs") }}),

    renamed as (
        select
            -- ids
            id::varchar as generation_job_id,
            user_id::varchar as user_id,
            character_id::varchar as character_id,

            -- what is asked for
            lower(nullif(trim(type), '')) as job_type,
            lower(nullif(trim(scene), '')) as scene,
            lower(nullif(trim(environment), '')) as environment,
            lower(nullif(trim(outfit), '')) as outfit,
            nullif(trim(aspect_ratio), '') as aspect_ratio,
            nullif(trim(pose_id), '') as pose_id,
            case nsfw when 'true' then true when 'false' then false end as is_nsfw,
            case prompt_enhance when 'true' then true when 'false' then false end as is_prompt_enhanced,
            {{ exact_number("input_image_count", "bigint") }} as input_image_count,

            -- how it goes
            lower(nullif(trim(status), '')) as job_status,
            image_count::bigint as image_count,
            completed_count::bigint as completed_count,
            credits_used::bigint as credits_used,
            error_class as source_error_class,
            retry_count::bigint as retry_count,
            lower(nullif(trim(external_provider), '')) as provider,

            -- timestamps
            started_at,
            completed_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_character_studio", "characters") }}),

    renamed as (
        select
            -- ids
            id::varchar as character_id,
            user_id::varchar as user_id,
            base_image_id::varchar as base_image_id,

            -- what it is
            lower(nullif(trim(style), '')) as character_style,
            lower(nullif(trim(gender), '')) as gender,
            lower(nullif(trim(age_range), '')) as age_range,
            case nsfw_enabled when 'true' then true when 'false' then false end as is_nsfw,
            lower(nullif(trim(status), '')) as character_status,
            lower(nullif(trim(lora_status), '')) as training_status,
            generation_error_class as source_error_class,

            -- counters, kept as text
            {{ exact_number("post_count", "bigint") }} as posts_reported,
            {{ exact_number("liked_count", "bigint") }} as likes_reported,

            -- timestamps
            deleted_at,
            created_at,
            updated_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

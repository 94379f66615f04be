with
    source as (select * from {{ source("raw_marketing_engine", "user_feedback") }}),

    renamed as (
        select
            -- ids
            id::varchar as feedback_id,
            user_id::varchar as user_id,
            api_usage_id::varchar as request_id,

            -- what was said
            rating::integer as rating,
            rating_scale,
            lower(nullif(trim(feedback_type), '')) as feedback_type,
            has_text,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

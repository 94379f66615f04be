with
    source as (select * from {{ source("raw_custom_gpt", "model_ratings") }}),

    renamed as (
        select
            -- ids
            id::varchar as rating_id,
            model_id::varchar as model_id,
            user_id::varchar as user_id,
            conversation_id::varchar as conversation_id,

            -- what it is
            rating::integer as rating,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

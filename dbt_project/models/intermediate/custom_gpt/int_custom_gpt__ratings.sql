with
    ratings as (select * from {{ ref("stg_custom_gpt__model_ratings") }} where rating between 1 and 5),

    -- who rates a conversation again has changed their mind
    last_words as (
        select *
        from ratings
        qualify
            user_id is null
            or conversation_id is null
            or row_number() over (
                partition by user_id, conversation_id
                order by created_at desc, try_cast(rating_id as bigint) desc, rating_id desc
            )
            = 1
    ),

    shaped as (
        select
            {{ platform_key("custom_gpt", "rating_id") }} as rating_key,
            'custom_gpt' as platform,
            rating_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            'model' as rated_kind,
            {{ platform_key("custom_gpt", "model_id") }} as rated_key,
            rating as rating_value,
            5::integer as rating_scale,
            rating >= 4 as is_positive,
            created_at as rated_at
        from last_words
    )

select *
from shaped

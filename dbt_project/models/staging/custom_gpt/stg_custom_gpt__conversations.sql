with
    source as (select * from {{ source("raw_custom_gpt", "conversations") }}),

    renamed as (
        select
            -- ids
            id::varchar as conversation_id,
            user_id::varchar as user_id,
            model_id::varchar as model_id,

            -- counts
            message_count::bigint as message_count,
            user_message_count::bigint as user_message_count,
            assistant_message_count::bigint as assistant_message_count,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

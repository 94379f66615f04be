with
    source as (select * from {{ source("raw_character_studio", "funnel_options") }}),

    renamed as (
        select
            -- ids
            id::varchar as funnel_option_id,
            session_id,

            -- the question
            lower(nullif(trim(option_key), '')) as option_key
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_character_studio", "funnel_sessions") }}),

    renamed as (
        select
            -- ids
            id::varchar as funnel_session_id,
            session_id,
            email_hash,

            -- how far it came
            coalesce(on_waitlist, false) as is_on_waitlist,
            current_step::bigint as current_step,

            -- timestamps
            created_at,
            updated_at
        from source
    )

select *
from renamed

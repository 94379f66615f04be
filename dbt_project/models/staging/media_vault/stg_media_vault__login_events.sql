with
    source as (select * from {{ source("raw_media_vault", "login_events") }}),

    renamed as (
        select
            -- ids
            id::varchar as login_event_id,
            user_id::varchar as user_id,

            -- what it is
            lower(nullif(trim(method), '')) as login_method,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

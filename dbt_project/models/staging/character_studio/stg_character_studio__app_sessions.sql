with
    source as (select * from {{ source("raw_character_studio", "app_sessions") }}),

    renamed as (
        select
            -- ids
            id::varchar as app_session_id,
            user_id::varchar as user_id,

            -- where from
            lower(nullif(trim(device_type), '')) as device_type,
            upper(nullif(trim(country_code), '')) as country_code,

            -- timestamps
            started_at,
            ended_at,
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_character_studio", "influencer_requests") }}),

    renamed as (
        select
            -- ids
            id::varchar as influencer_request_id,
            user_id::varchar as user_id,

            -- what it is
            coalesce(consent, false) as has_consent,
            lower(nullif(trim(status), '')) as request_status,

            -- timestamps
            created_at,
            updated_at,
            reviewed_at
        from source
    )

select *
from renamed

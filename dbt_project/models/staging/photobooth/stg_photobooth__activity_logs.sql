with
    source as (select * from {{ source("raw_photobooth", "activity_logs") }}),

    renamed as (
        select
            -- ids
            id::varchar as activity_id,
            partner_id::varchar as partner_id,
            event_id::varchar as event_id,
            user_id::varchar as profile_id,
            user_email_hash as email_hash,

            -- what happened
            lower(trim(action)) as action,
            api_cost as api_cost_usd,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

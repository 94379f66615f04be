with
    source as (select * from {{ source("raw_photobooth", "generation_attempts") }}),

    renamed as (
        select
            -- ids
            id::varchar as generation_attempt_id,
            event_id::varchar as event_id,
            user_id::varchar as profile_id,
            style_id,
            generation_id::varchar as generation_id,

            -- what happened
            lower(trim(status)) as attempt_status,
            error_code,
            latency_ms,

            -- credits
            credits_charged::bigint as credits_charged,
            credits_refunded::bigint as credits_refunded,

            -- timestamps
            created_at,
            finished_at
        from source
    )

select *
from renamed

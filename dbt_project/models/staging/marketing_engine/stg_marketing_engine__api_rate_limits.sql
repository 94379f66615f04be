with
    source as (select * from {{ source("raw_marketing_engine", "api_rate_limits") }}),

    renamed as (
        select
            -- ids
            id::varchar as api_rate_limit_id,
            user_id::varchar as user_id,

            -- the window
            lower(nullif(trim(service_type), '')) as service_type,
            lower(nullif(trim(window_type), '')) as window_type,
            window_start,
            window_end,

            -- counters
            max_requests::bigint as max_requests,
            current_requests::bigint as current_requests,

            -- whether it refuses
            is_blocked,
            blocked_until,

            -- timestamps
            created_at,
            updated_at
        from source
    )

select *
from renamed

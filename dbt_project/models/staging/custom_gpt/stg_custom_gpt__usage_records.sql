with
    source as (select * from {{ source("raw_custom_gpt", "usage_records") }}),

    renamed as (
        select
            -- ids
            id::varchar as usage_record_id,
            user_id::varchar as user_id,
            model_id::varchar as model_id,
            request_id as client_request_id,

            -- what it is
            lower(nullif(trim(operation_type), '')) as operation_type,
            endpoint,
            upper(nullif(trim(method), '')) as http_method,
            status_code::integer as status_code,

            -- amounts
            tokens_used::bigint as tokens_used,
            cost_cents::bigint as cost_cents,
            compute_time_seconds::double as compute_time_seconds,
            latency_ms::bigint as latency_ms,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

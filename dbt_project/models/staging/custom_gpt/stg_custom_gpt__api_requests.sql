with
    source as (select * from {{ source("raw_custom_gpt", "api_request_log") }}),

    renamed as (
        select
            -- ids
            id::varchar as request_id,
            user_id::varchar as user_id,
            model_id::varchar as model_id,

            -- what it is
            endpoint,
            upper(nullif(trim(method), '')) as http_method,
            status_code::integer as status_code,
            latency_ms::bigint as latency_ms,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

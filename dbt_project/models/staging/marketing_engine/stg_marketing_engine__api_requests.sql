with
    source as (select * from {{ source("raw_marketing_engine", "api_usage") }}),

    renamed as (
        select
            -- ids
            id::varchar as request_id,
            user_id::varchar as user_id,
            campaign_id::varchar as campaign_id,
            session_id::varchar as app_session_id,
            regeneration_of::varchar as retried_request_id,
            request_id as client_request_id,

            -- what was asked
            lower(nullif(trim(service_type), '')) as service_type,
            lower(nullif(trim(provider), '')) as provider,
            lower(nullif(trim(model), '')) as model_name,
            nullif(trim(endpoint), '') as endpoint,

            -- how it ended
            lower(nullif(trim(status), '')) as request_status,
            error_class,
            latency_ms::bigint as latency_ms,

            -- what was made
            input_tokens::bigint as input_tokens,
            output_tokens::bigint as output_tokens,
            total_tokens::bigint as total_tokens,
            images_generated::bigint as images_count,
            video_seconds::decimal(18, 2) as video_seconds,

            -- what it cost the operator
            input_cost::decimal(18, 6) as input_cost_usd,
            output_cost::decimal(18, 6) as output_cost_usd,
            generation_cost::decimal(18, 6) as generation_cost_usd,
            total_cost::decimal(18, 6) as total_cost_usd,

            -- where it came from
            lower(nullif(trim(referrer_host), '')) as referrer_host,
            nullif(trim(utm_source), '') as utm_source,
            nullif(trim(utm_medium), '') as utm_medium,
            nullif(trim(utm_campaign), '') as utm_campaign,
            upper(nullif(trim(country_code), '')) as country_code,
            lower(nullif(trim(device_type), '')) as device_type,
            nullif(trim(browser), '') as browser,
            nullif(trim(os), '') as os,
            agent_device,
            agent_browser,

            -- what is said of it later
            user_rating::integer as rating,
            is_downloaded,
            is_shared,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_marketing_engine", "usage_aggregations") }}),

    renamed as (
        select
            -- ids
            id::varchar as usage_aggregation_id,
            user_id::varchar as user_id,

            -- the period, half open
            lower(nullif(trim(period_type), '')) as period_type,
            period_start,
            period_end,

            -- counts
            total_requests::bigint as total_requests,
            successful_requests::bigint as successful_requests,
            failed_requests::bigint as failed_requests,
            content_generations::bigint as content_generations,
            images_generated::bigint as images_generated,
            chat_messages::bigint as chat_messages,
            video_seconds::decimal(18, 2) as video_seconds,
            total_input_tokens,
            total_output_tokens,

            -- costs
            content_cost::decimal(18, 6) as content_cost_usd,
            image_cost::decimal(18, 6) as image_cost_usd,
            video_cost::decimal(18, 6) as video_cost_usd,
            chat_cost::decimal(18, 6) as chat_cost_usd,
            tools_cost::decimal(18, 6) as tools_cost_usd,
            total_cost::decimal(18, 6) as total_cost_usd,

            -- latencies, which cannot be added up to those of a longer period
            avg_latency_ms::bigint as avg_latency_ms,
            p95_latency_ms::bigint as p95_latency_ms,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

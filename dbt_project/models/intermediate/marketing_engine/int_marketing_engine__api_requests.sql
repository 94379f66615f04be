with
    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    judged as (
        select
            *,
            case
                when request_status = 'success'
                then 'succeeded'
                when request_status = 'error'
                then 'failed'
                when request_status in ('timeout', 'rate_limited', 'cancelled')
                then request_status
                else 'other'
            end as outcome
        from requests
    ),

    shaped as (
        select
            {{ platform_key("marketing_engine", "request_id") }} as request_key,
            'marketing_engine' as platform,
            request_id,
            client_request_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            true as is_metered,
            coalesce(service_type, 'unknown') as service_type,
            provider,
            model_name,
            endpoint,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome in ('failed', 'timeout', 'rate_limited') as is_failed,
            outcome = 'rate_limited' as is_rate_limited,
            error_class,
            input_tokens,
            output_tokens,
            total_tokens,
            images_count,
            video_seconds,
            total_cost_usd as cost_usd,
            case when latency_ms >= 0 then latency_ms end as request_latency_ms,
            {{ platform_key("marketing_engine", "campaign_id") }} as campaign_key,
            app_session_id,
            referrer_host,
            utm_source,
            utm_medium,
            utm_campaign,
            country_code,
            -- the source's own columns, which a deployment may lack, take Edge for Chrome and an iPad for a telephone
            coalesce(agent_device, device_type) as device_type,
            coalesce(nullif(agent_browser, 'other'), browser, agent_browser) as browser,
            os,
            rating,
            {{ platform_key("marketing_engine", "retried_request_id") }} as retry_of_key,
            is_downloaded,
            is_shared,
            created_at as requested_at
        from judged
    )

select *
from shaped

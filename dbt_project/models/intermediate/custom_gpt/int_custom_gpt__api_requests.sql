with
    requests as (select * from {{ ref("stg_custom_gpt__api_requests") }}),

    judged as (
        select
            *,
            case
                when status_code = 429
                then 'rate_limited'
                when status_code >= 500
                then 'failed'
                when status_code >= 400
                then 'refused'
                when status_code >= 200
                then 'succeeded'
                else 'other'
            end as outcome,
            -- whose fault it was, of what was refused too
            case
                when status_code = 429
                then 'rate_limit'
                when status_code between 400 and 499
                then 'caller'
                when status_code >= 500
                then 'other'
            end as error_class
        from requests
    ),

    shaped as (
        select
            {{ platform_key("custom_gpt", "request_id") }} as request_key,
            'custom_gpt' as platform,
            request_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            false as is_metered,
            'api' as service_type,
            {{ platform_key("custom_gpt", "model_id") }} as model_key,
            split_part(endpoint, '?', 1) as endpoint,
            http_method,
            status_code,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome = 'failed' as is_failed,
            outcome = 'rate_limited' as is_rate_limited,
            error_class,
            case when latency_ms >= 0 then latency_ms end as request_latency_ms,
            created_at as requested_at
        from judged
    )

select *
from shaped

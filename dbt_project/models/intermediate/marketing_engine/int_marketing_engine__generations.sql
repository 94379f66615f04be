with
    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    -- the other services answer or help, they make nothing that a user keeps
    generations as (select * from requests where service_type in ('content', 'images', 'video')),

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
        from generations
    ),

    shaped as (
        select
            {{ platform_key("marketing_engine", "request_id") }} as generation_key,
            'marketing_engine' as platform,
            request_id as generation_id,
            'direct' as channel,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            case service_type when 'content' then 'text' when 'images' then 'image' else 'video' end as generation_kind,
            service_type as generation_type,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome in ('failed', 'timeout', 'rate_limited') as is_failed,
            provider,
            model_name,
            error_class,
            case when service_type = 'images' then images_count end as items_count,
            total_cost_usd as cost_usd,
            input_tokens,
            output_tokens,
            case when latency_ms >= 0 then latency_ms end as duration_ms,
            {{ platform_key("marketing_engine", "retried_request_id") }} as retry_of_key,
            rating,
            {{ platform_key("marketing_engine", "campaign_id") }} as campaign_key,
            created_at as generated_at,
            (created_at at time zone '{{ var("local_timezones")["marketing_engine"] }}')::date as generated_local_date,
            hour(created_at at time zone '{{ var("local_timezones")["marketing_engine"] }}')::integer
            as generated_local_hour
        from judged
    )

select *
from shaped

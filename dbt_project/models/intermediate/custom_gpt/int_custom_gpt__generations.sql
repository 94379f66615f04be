with
    usage_records as (select * from {{ ref("stg_custom_gpt__usage_records") }}),

    -- trainings are jobs, and what nobody knows is an action
    calls as (select * from usage_records where operation_type in ('chat', 'inference')),

    -- only what was answered is booked, so a record that names no status was answered
    judged as (
        select
            *,
            case
                when status_code is null or status_code between 200 and 399
                then 'succeeded'
                when status_code = 429
                then 'rate_limited'
                when status_code >= 400
                then 'failed'
                else 'other'
            end as outcome,
            case
                when status_code = 429
                then 'rate_limit'
                when status_code between 400 and 499
                then 'caller'
                when status_code >= 500
                then 'other'
            end as error_class
        from calls
    ),

    shaped as (
        select
            {{ platform_key("custom_gpt", "usage_record_id") }} as generation_key,
            'custom_gpt' as platform,
            usage_record_id as generation_id,
            'direct' as channel,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            'text' as generation_kind,
            operation_type as generation_type,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome in ('failed', 'rate_limited') as is_failed,
            {{ platform_key("custom_gpt", "model_id") }} as model_key,
            error_class,
            -- the product never fills it: 0 means unknown. A division would go through double
            (nullif(cost_cents, 0) * 0.01::decimal(3, 2))::decimal(18, 6) as cost_usd,
            tokens_used as input_tokens,
            case when latency_ms >= 0 then latency_ms end as duration_ms,
            created_at as generated_at,
            (created_at at time zone '{{ var("local_timezones")["custom_gpt"] }}')::date as generated_local_date,
            hour(created_at at time zone '{{ var("local_timezones")["custom_gpt"] }}')::integer as generated_local_hour
        from judged
    )

select *
from shaped

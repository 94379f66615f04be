{%- set metered = {
    "content": "content_generations",
    "images": "image_generations",
    "video": "video_generations",
    "chat": "chat_messages",
} %}

with
    windows as (select * from {{ ref("stg_marketing_engine__api_rate_limits") }}),

    plan_observations as (select * from {{ ref("stg_marketing_engine__subscription_observations") }}),

    latest_plans as ({{ latest_observations("plan_observations", "subscription_id") }}),

    plans as (select * from latest_plans where is_active and not is_deleted),

    -- without a limit there is no row
    united as (
        {% for service_type, counted in metered.items() %}
            select
                'plan:' || subscription_id || ':{{ service_type }}' as limit_id,
                user_id,
                '{{ service_type }}' as service_type,
                'plan' as limit_kind,
                'billing_period' as window_type,
                {{ counted }}_limit as max_requests,
                {{ counted }}_used as current_requests
            from plans
            where {{ counted }}_limit is not null
            union all by name
        {% endfor %}
        select
            'rate:' || api_rate_limit_id as limit_id,
            user_id,
            service_type,
            'rate' as limit_kind,
            window_type,
            max_requests,
            current_requests,
            is_blocked,
            window_start as window_starts_at,
            window_end as window_ends_at,
            blocked_until
        from windows
    ),

    shaped as (
        select
            {{ platform_key("marketing_engine", "limit_id") }} as usage_limit_key,
            'marketing_engine' as platform,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            service_type,
            limit_kind,
            window_type,
            max_requests,
            current_requests,
            coalesce(is_blocked, false) as is_blocked,
            window_starts_at,
            window_ends_at,
            blocked_until
        from united
    )

select *
from shaped

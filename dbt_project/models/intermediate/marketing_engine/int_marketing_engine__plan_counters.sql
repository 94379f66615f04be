{#- counters that were reset longer ago are not compared, so that a night costs the same however old the platform is -#}
{%- set compared_days = 35 %}

with
    observations as (select * from {{ ref("stg_marketing_engine__subscription_observations") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    latest as ({{ latest_observations("observations", "subscription_id") }}),

    -- a counter that has moved since the reported day can't be explained by the rows until then
    plans as (
        select * from latest where user_id is not null and not is_deleted and {{ is_past("updated_at", unknown=true) }}
    ),

    recently_reset as (
        select *
        from plans
        where last_reset_at >= {{ as_of() }} - interval {{ compared_days }} day and {{ is_past("last_reset_at") }}
    ),

    recent_requests as (
        select *
        from requests
        where created_at >= {{ as_of() }} - interval {{ compared_days }} day and {{ is_past("created_at") }}
    ),

    -- calls, whatever came of them
    counted as (
        select
            recently_reset.subscription_id,
            count(*) filter (recent_requests.service_type = 'images') as images_count,
            count(*) filter (recent_requests.service_type = 'video') as videos_count,
            count(*) filter (recent_requests.service_type = 'chat') as chats_count,
            coalesce(sum(recent_requests.total_cost_usd), 0) as cost_usd
        from recently_reset
        left join
            recent_requests
            on recently_reset.user_id = recent_requests.user_id
            and recently_reset.last_reset_at <= recent_requests.created_at
        group by recently_reset.subscription_id
    ),

    -- the counter of texts is left out: the small helpers were counted there once, and nothing says until when
    monthly as (
        select
            user_id,
            'monthly' as period_type,
            last_reset_at as period_start_at,
            unnest(
                ['image_generations_used', 'video_generations_used', 'chat_messages_used', 'current_month_cost']
            ) as column_name,
            unnest(
                [image_generations_used, video_generations_used, chat_messages_used, current_month_cost_usd]
            ) as reported_value,
            -- the source keeps cents
            unnest([images_count, videos_count, chats_count, cost_usd::decimal(18, 2)]) as counted_value
        from recently_reset
        inner join counted using (subscription_id)
    ),

    costs as (
        select user_id, sum(total_cost_usd) as cost_usd from requests where {{ is_past("created_at") }} group by user_id
    ),

    -- nothing sets it back, and calls stay as long as their account
    lifetime as (
        select
            plans.user_id,
            'lifetime' as period_type,
            'lifetime_cost' as column_name,
            plans.lifetime_cost_usd as reported_value,
            coalesce(costs.cost_usd, 0)::decimal(18, 2) as counted_value
        from plans
        left join costs on plans.user_id = costs.user_id
    ),

    united as (
        select *
        from monthly
        union all by name
        select *
        from lifetime
    ),

    shaped as (
        select
            'user_subscriptions.' || column_name as counter,
            {{ platform_key("marketing_engine", "user_id") }} as entity_key,
            period_type,
            period_start_at,
            reported_value::decimal(18, 6) as reported_value,
            counted_value::decimal(18, 6) as counted_value
        from united
    )

select *
from shaped

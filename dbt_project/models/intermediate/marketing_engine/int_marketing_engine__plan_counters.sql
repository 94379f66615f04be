{#- counters that were reset longer ago are not compared, so that a night costs the same however old the platform is -#}
{%- set compared_days = 35 %}

with
    observations as (select * from {{ ref("stg_marketing_engine__subscription_observations") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    latest as ({{ latest_observations("observations", "subscription_id") }}),

    -- a counter that has moved since the reported day can't be explained by the rows until then
    recently_reset as (
        select *
        from latest
        where
            user_id is not null
            and not is_deleted
            and last_reset_at >= {{ as_of() }} - interval {{ compared_days }} day
            and {{ is_past("last_reset_at") }}
            and {{ is_past("updated_at", unknown=true) }}
    ),

    -- the counter of texts is left out: the small helpers were counted there once, and nothing says until when
    unpivoted as (
        select
            subscription_id,
            user_id,
            last_reset_at,
            unnest(['images', 'video', 'chat']) as service_type,
            unnest(['image_generations_used', 'video_generations_used', 'chat_messages_used']) as column_name,
            unnest([image_generations_used, video_generations_used, chat_messages_used]) as reported_value
        from recently_reset
    ),

    recent_requests as (
        select *
        from requests
        where created_at >= {{ as_of() }} - interval {{ compared_days }} day and {{ is_past("created_at") }}
    ),

    -- calls, whatever came of them
    counted as (
        select
            unpivoted.subscription_id,
            unpivoted.user_id,
            unpivoted.last_reset_at,
            unpivoted.column_name,
            unpivoted.reported_value,
            count(recent_requests.request_id) as counted_value
        from unpivoted
        left join
            recent_requests
            on unpivoted.user_id = recent_requests.user_id
            and unpivoted.service_type = recent_requests.service_type
            and unpivoted.last_reset_at <= recent_requests.created_at
        group by all
    ),

    shaped as (
        select
            'user_subscriptions.' || column_name as counter,
            {{ platform_key("marketing_engine", "user_id") }} as entity_key,
            'monthly' as period_type,
            last_reset_at as period_start_at,
            reported_value::decimal(18, 6) as reported_value,
            counted_value::decimal(18, 6) as counted_value
        from counted
    )

select *
from shaped

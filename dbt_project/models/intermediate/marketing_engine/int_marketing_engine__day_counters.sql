{#- days that began longer ago are not compared again, so that a night costs the same however old the platform is -#}
{%- set compared_days = 35 %}

with
    aggregations as (select * from {{ ref("stg_marketing_engine__usage_aggregations") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    -- only days that are over: what is still to come is not missing
    days as (
        select *
        from aggregations
        where
            user_id is not null
            and period_type = 'daily'
            and period_start >= {{ as_of() }} - interval {{ compared_days }} day
            and period_end <= {{ as_of() }}
    ),

    recent_requests as (
        select *
        from requests
        where created_at >= {{ as_of() }} - interval {{ compared_days }} day and created_at < {{ as_of() }}
    ),

    counted as (
        select
            days.usage_aggregation_id,
            count(recent_requests.request_id) as requests_count,
            count(*) filter (where recent_requests.request_status = 'success') as successes_count,
            coalesce(sum(recent_requests.total_cost_usd), 0) as cost_usd
        from days
        left join
            recent_requests
            on days.user_id = recent_requests.user_id
            and days.period_start <= recent_requests.created_at
            and days.period_end > recent_requests.created_at
        group by days.usage_aggregation_id
    ),

    -- failed is what did not succeed, cancelled calls too
    unpivoted as (
        select
            days.user_id,
            days.period_type,
            days.period_start,
            unnest(['total_requests', 'successful_requests', 'failed_requests', 'total_cost']) as column_name,
            unnest(
                [days.total_requests, days.successful_requests, days.failed_requests, days.total_cost_usd]
            ) as reported_value,
            unnest(
                [
                    counted.requests_count,
                    counted.successes_count,
                    counted.requests_count - counted.successes_count,
                    counted.cost_usd
                ]
            ) as counted_value
        from days
        inner join counted on days.usage_aggregation_id = counted.usage_aggregation_id
    ),

    shaped as (
        select
            'usage_aggregations.' || column_name as counter,
            {{ platform_key("marketing_engine", "user_id") }} as entity_key,
            period_type,
            period_start as period_start_at,
            reported_value::decimal(18, 6) as reported_value,
            counted_value::decimal(18, 6) as counted_value
        from unpivoted
    )

select *
from shaped

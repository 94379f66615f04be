{#- periods that began, and years that ended, longer ago are not compared again: a night costs the same however old the platform is -#}
{%- set compared_days = 35 %}
{#- what costs and what is counted by the service that was asked; the small helpers share one column -#}
{%- set costs = {
    "content_cost": ["content"],
    "image_cost": ["images"],
    "video_cost": ["video"],
    "chat_cost": ["chat"],
    "tools_cost": ["tools", "refine", "enhance"],
} %}
{%- set sums = {
    "images_generated": "images_count",
    "video_seconds": "video_seconds",
    "total_input_tokens": "input_tokens",
    "total_output_tokens": "output_tokens",
    "total_cost": "total_cost_usd",
} %}
{%- set calls = {"content_generations": "content", "chat_messages": "chat"} %}
{%- set outcomes = ["total_requests", "successful_requests", "failed_requests"] %}
{%- set counters = outcomes + calls.keys() | list + sums.keys() | list + costs.keys() | list %}

with
    aggregations as (select * from {{ ref("stg_marketing_engine__usage_aggregations") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    -- only periods that are over: what is still to come is not missing
    periods as (
        select *, period_type = 'yearly' as is_year
        from aggregations
        where
            user_id is not null
            and period_type in ('daily', 'weekly', 'monthly', 'yearly')
            and case when is_year then period_end else period_start end
            >= {{ as_of() }} - interval {{ compared_days }} day
            and period_end <= {{ as_of() }}
    ),

    -- the calls of a year meet its total alone, not those of each of its days
    compared_requests as (
        select *, false as is_year, request_status = 'success' as is_success
        from requests
        where created_at >= {{ as_of() }} - interval {{ compared_days }} day and {{ is_past("created_at") }}
        union all
        select *, true as is_year, request_status = 'success' as is_success
        from requests
        where created_at >= (select min(period_start) from periods where is_year) and {{ is_past("created_at") }}
    ),

    -- calls count whatever came of them; failed is what did not succeed, cancelled calls too
    counted as (
        select
            periods.usage_aggregation_id,
            {% for column, service in calls.items() -%}
                count(*) filter (where compared_requests.service_type = '{{ service }}') as {{ column }},
            {% endfor -%}
            {% for column, counted in sums.items() -%}
                coalesce(sum(compared_requests.{{ counted }}), 0) as {{ column }},
            {% endfor -%}
            {% for column, services in costs.items() -%}
                coalesce(
                    sum(compared_requests.total_cost_usd) filter (
                        where compared_requests.service_type in ('{{ services | join("', '") }}')
                    ),
                    0
                ) as {{ column }},
            {% endfor -%}
            count(compared_requests.request_id) as total_requests,
            count(*) filter (where compared_requests.is_success) as successful_requests,
            count(compared_requests.request_id)
            - count(*) filter (where compared_requests.is_success) as failed_requests
        from periods
        left join
            compared_requests
            on periods.user_id = compared_requests.user_id
            and periods.is_year = compared_requests.is_year
            and periods.period_start <= compared_requests.created_at
            and periods.period_end > compared_requests.created_at
        group by periods.usage_aggregation_id
    ),

    unpivoted as (
        select
            periods.user_id,
            periods.period_type,
            periods.period_start,
            unnest({{ counters }}) as column_name,
            unnest(
                [
                    {% for column in counters -%}
                        {%- set reported = column ~ ("_usd" if column.endswith("_cost") else "") -%}
                        periods.{{ reported }}::decimal(18, 6){{ "," if not loop.last }}
                    {% endfor %}
                ]
            ) as reported_value,
            unnest(
                [
                    {% for column in counters -%}
                        counted.{{ column }}::decimal(18, 6){{ "," if not loop.last }}
                    {% endfor %}
                ]
            ) as counted_value
        from periods
        inner join counted on periods.usage_aggregation_id = counted.usage_aggregation_id
    ),

    shaped as (
        select
            'usage_aggregations.' || column_name as counter,
            {{ platform_key("marketing_engine", "user_id") }} as entity_key,
            period_type,
            period_start as period_start_at,
            reported_value,
            counted_value
        from unpivoted
    )

select *
from shaped

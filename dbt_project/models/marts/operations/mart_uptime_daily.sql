{#- the rule of the pulse: red, yellow, and how many attempts a rate needs -#}
{%- set critical = "('" ~ (var("critical_components") | join("', '")) ~ "')" %}
{%- set red_error, yellow_error, slow_ms, fewest, red_uptime, yellow_uptime = 0.05, 0.03, 5000, 20, 0.99, 0.995 %}
{%- set sums = {
    "up_seconds": "decimal(18, 6)",
    "observed_seconds": "decimal(18, 6)",
    "checks_count": "bigint",
    "failed_checks_count": "bigint",
    "latency_ms_sum": "bigint",
    "latency_count": "bigint",
} %}
{%- set health = {"pulse": "health.last_5min_", "day_pulse": "health."} %}

with
    component_days as (select * from {{ ref("fct_component_day") }}),

    health as (select * from {{ ref("mart_service_health_daily") }}),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    components as (
        select platform, component, min(reporting_date) as first_date from component_days group by platform, component
    ),

    measured as (
        select
            components.platform,
            components.component,
            components.component in {{ critical }} as is_critical,
            dates.date_day,
            {{ elapsed_seconds("dates.day_starts_at", "dates.day_ends_at") }} as day_seconds,
            {% for column, type in sums.items() %}
                coalesce(component_days.{{ column }}, 0)::{{ type }} as {{ column }},
            {% endfor %}
            component_days.is_up_at_end
        from components
        inner join dates on components.first_date <= dates.date_day
        left join
            component_days
            on components.platform = component_days.platform
            and components.component = component_days.component
            and dates.date_day = component_days.reporting_date
    ),

    coloured as (
        select
            *,
            case
                when is_up_at_end is null
                then 'grey'
                when is_up_at_end
                then 'green'
                when is_critical
                then 'red'
                else 'yellow'
            end as pulse,
            case
                when observed_seconds = 0
                then 'grey'
                when up_seconds < {{ red_uptime }} * observed_seconds and is_critical
                then 'red'
                when up_seconds < {{ yellow_uptime }} * observed_seconds
                then 'yellow'
                else 'green'
            end as day_pulse
        from measured
    ),

    systems as (
        select
            platform,
            'system' as component,
            date_day,
            true as is_critical,
            sum(day_seconds)::bigint as day_seconds,
            {% for column, type in sums.items() %} sum({{ column }})::{{ type }} as {{ column }}, {% endfor %}
            {% for column, of in health.items() %}
                case
                    when
                        bool_or({{ column }} = 'red')
                        or any_value(
                            {{ of }}finished_count >= {{ fewest }}
                            and {{ of }}failures_count > {{ red_error }} * {{ of }}finished_count
                        )
                    then 'red'
                    when
                        bool_or({{ column }} = 'yellow')
                        or any_value(
                            {{ of }}finished_count >= {{ fewest }}
                            and (
                                {{ of }}failures_count > {{ yellow_error }} * {{ of }}finished_count
                                or {{ of }}latency_p95_ms > {{ slow_ms }}
                            )
                        )
                    then 'yellow'
                    when bool_or({{ column }} = 'grey' and is_critical) or bool_and({{ column }} = 'grey')
                    then 'grey'
                    else 'green'
                end as {{ column }}
                {{ "," if not loop.last }}
            {% endfor %}
        from coloured
        left join health using (platform, date_day)
        group by platform, date_day
    ),

    united as (
        select * exclude (is_up_at_end)
        from coloured
        union all by name
        select *
        from systems
    ),

    shown as (
        select
            platform,
            component,
            date_day,
            up_seconds,
            observed_seconds,
            {{ ratio("up_seconds", "observed_seconds", 100) }} as uptime_pct,
            case when observed_seconds = 0 then 'not_observed' end as null_reason,
            {{ ratio("observed_seconds", "day_seconds", 100) }} as observed_pct,
            checks_count,
            failed_checks_count,
            {{ ratio("latency_ms_sum", "latency_count", digits=3) }} as latency_avg_ms,
            is_critical,
            pulse,
            day_pulse
        from united
    )

select *
from shown

{#- as for sessions that are worked out: one that may go on is not counted yet, one that goes on is cut -#}
{%- set open_minutes = 30 %}
{%- set longest_hours = 12 %}

with
    app_sessions as (select * from {{ ref("fct_app_sessions") }}),

    users as (select * from {{ ref("dim_user") }}),

    lacking as (select platform from {{ ref("dim_optional_fact") }} where fact_name = 'sessions' and not is_present),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("app_sessions") }}),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    -- visits of administrators are left out, visits of nobody known are not
    visits as (
        select
            app_sessions.platform,
            app_sessions.reporting_date as date_day,
            coalesce(app_sessions.device_type, 'unknown') as device,
            coalesce(app_sessions.country_code, 'unknown') as country,
            users.user_key,
            case
                when app_sessions.visit_ended_at >= app_sessions.visit_started_at
                then
                    least(
                        {{ elapsed_seconds("app_sessions.visit_started_at", "app_sessions.visit_ended_at") }},
                        {{ longest_hours * 3600 }}
                    )
            end as duration_seconds,
            app_sessions.pages_count,
            app_sessions.visit_actions_count,
            coalesce(app_sessions.pages_count, app_sessions.visit_actions_count) is not null as is_measured,
            coalesce(app_sessions.pages_count <= 1, false)
            or coalesce(app_sessions.visit_actions_count <= 1, false) as is_bounce
        from app_sessions
        inner join dates on app_sessions.reporting_date = dates.date_day
        left join users on app_sessions.user_key = users.user_key
        where
            not coalesce(users.is_internal, false)
            and {{ is_past("coalesce(visit_ended_at, visit_started_at) + interval " ~ open_minutes ~ " minute") }}
    ),

    -- per device and country, per device, per country, and all
    counted as (
        select
            platform,
            date_day,
            coalesce(device, 'all') as device_type,
            coalesce(country, 'all') as country_code,
            count(*) as visits_count,
            count(user_key) as user_visits_count,
            count(distinct user_key) as users_count,
            count(duration_seconds) as timed_visits_count,
            sum(duration_seconds)::bigint as duration_seconds_sum,
            median(duration_seconds) as duration_median_seconds,
            count(pages_count) as paged_visits_count,
            sum(pages_count)::bigint as visit_pages_count,
            count(*) filter (where is_measured) as measured_visits_count,
            count(*) filter (where is_bounce) as bounced_visits_count
        from visits
        group by
            grouping sets (
                (platform, date_day, device, country),
                (platform, date_day, device),
                (platform, date_day, country),
                (platform, date_day)
            )
    ),

    frame as (
        select
            platforms.platform,
            dates.date_day,
            'all' as device_type,
            'all' as country_code,
            platforms.platform in (select platform from lacking) as is_source_lacking
        from platforms
        cross join dates
        union
        select platform, date_day, device_type, country_code, platform in (select platform from lacking)
        from counted
    ),

    shown as (
        select
            platform,
            date_day,
            device_type,
            country_code,
            {% for column in [
                "visits_count",
                "user_visits_count",
                "users_count",
                "timed_visits_count",
                "duration_seconds_sum",
                "paged_visits_count",
                "visit_pages_count",
                "measured_visits_count",
                "bounced_visits_count",
            ] %}
                case when not is_source_lacking then coalesce(counted.{{ column }}, 0) end as {{ column }},
            {% endfor %}
            {{ ratio("counted.user_visits_count", "counted.users_count") }} as visits_per_user,
            {{ ratio("counted.duration_seconds_sum", "counted.timed_visits_count", digits=3) }} as duration_avg_seconds,
            {{ rounded("counted.duration_median_seconds", 3) }} as duration_median_seconds,
            {{ ratio("counted.visit_pages_count", "counted.paged_visits_count") }} as pages_per_visit,
            {{ ratio("counted.bounced_visits_count", "counted.measured_visits_count", 100) }} as bounce_pct,
            case
                when is_source_lacking
                then 'no_source'
                when counted.visits_count is null
                then 'zero_denominator'
                when least(users_count, timed_visits_count, paged_visits_count, measured_visits_count) = 0
                then 'not_recorded'
            end as null_reason
        from frame
        left join counted using (platform, date_day, device_type, country_code)
    )

select *
from shown

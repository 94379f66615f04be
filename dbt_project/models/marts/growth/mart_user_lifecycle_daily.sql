{%- set lengths = {"day": "1 day", "week": "7 days", "month": "1 month"} %}

with
    user_days as (select * from {{ ref("fct_user_day") }} where is_active_any),

    -- days are sorted by user, and a number is sorted three times as fast as a key
    users as (select *, row_number() over () as user_number from {{ ref("dim_user") }} where not is_internal),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("users") }}),

    periods as (select * from {{ ref("kpi_periods") }} where period_type in ('{{ lengths.keys() | join("', '") }}')),

    visits as (
        select
            users.platform,
            user_days.reporting_date,
            lag(user_days.reporting_date) over (
                partition by users.user_number order by user_days.reporting_date
            ) as previous_date
        from user_days
        inner join users on user_days.user_key = users.user_key
    ),

    -- how many users were active on a day and, the time before, on another
    gaps as (
        select platform, reporting_date, previous_date, count(*) as users_count
        from visits
        group by platform, reporting_date, previous_date
    ),

    placed as (
        {% for period_type, length in lengths.items() %}
            select
                *,
                '{{ period_type }}' as period_type,
                date_trunc('{{ period_type }}', reporting_date)::date as period_start,
                (date_trunc('{{ period_type }}', reporting_date) - interval '{{ length }}')::date as previous_start
            from gaps
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- a user is told by its first active day in the period: the day before that decides what it is
    came as (
        select
            platform,
            period_type,
            period_start,
            sum(users_count) filter (previous_date is null) as new_count,
            sum(users_count) filter (
                previous_date >= previous_start and previous_date < period_start
            ) as returning_count,
            sum(users_count) filter (previous_date < previous_start) as resurrecting_count
        from placed
        group by platform, period_type, period_start
    ),

    counted as (
        select
            platforms.platform,
            periods.period_type,
            periods.period_start,
            periods.period_end,
            periods.is_complete,
            coalesce(came.new_count, 0)::bigint as new_count,
            coalesce(came.returning_count, 0)::bigint as returning_count,
            coalesce(came.resurrecting_count, 0)::bigint as resurrecting_count
        from platforms
        cross join periods
        left join
            came
            on platforms.platform = came.platform
            and periods.period_type = came.period_type
            and periods.period_start = came.period_start
    ),

    summed as (select *, new_count + returning_count + resurrecting_count as active_users_count from counted),

    compared as (
        select
            *,
            lag(active_users_count) over (
                partition by platform, period_type order by period_start
            ) as previous_active_users_count
        from summed
    ),

    -- whoever was active in the period before and is not among the returning has not come (yet)
    shown as (
        select
            *,
            previous_active_users_count - returning_count as dormant_count,
            case when previous_active_users_count is null then 'no_previous_period' end as null_reason
        from compared
    )

select *
from shown

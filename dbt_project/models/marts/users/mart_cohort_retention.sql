{%- set grains = ["week", "month"] %}
{%- set cohort = "platform, cohort_type, cohort_grain, cohort_start" %}

with
    -- users are grouped and joined by a number, which is several times as fast as by key
    users as (
        select *, row_number() over () as user_number from {{ ref("dim_user") }} where first_user_type = 'direct'
    ),

    user_days as (
        select users.user_number, days.reporting_date, days.is_active_core or days.requests_count > 0 as has_core  -- in a tool that meters calls, a call
        from {{ ref("fct_user_day") }} as days
        inner join users on days.user_key = users.user_key
        where days.is_active_any
    ),

    -- those that began before the first reported day would miss some of their members
    periods as (
        select period_type as cohort_grain, period_start, is_complete as is_mature
        from {{ ref("kpi_periods") }}
        where period_type in ('{{ grains | join("', '") }}') and period_start = first_day
    ),

    active_periods as (
        {% for grain in grains %}
            select
                user_number,
                '{{ grain }}' as cohort_grain,
                date_trunc('{{ grain }}', reporting_date)::date as period_start,
                bool_or(has_core) as has_core
            from user_days
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    activity as (
        select
            user_number,
            cohort_grain,
            min(period_start) filter (has_core) as first_core_start,
            max(period_start) as last_start
        from active_periods
        group by user_number, cohort_grain
    ),

    starts as (
        select
            users.platform,
            users.user_number,
            grains.cohort_grain,
            activity.last_start,
            unnest(['signup', 'first_activity']) as cohort_type,
            unnest(
                [date_trunc(grains.cohort_grain, users.signup_date)::date, activity.first_core_start]
            ) as cohort_start
        from users
        cross join (select unnest({{ grains }}) as cohort_grain) as grains
        left join activity using (user_number, cohort_grain)
    ),

    members as (
        select starts.*
        from starts
        inner join periods on starts.cohort_grain = periods.cohort_grain and starts.cohort_start = periods.period_start
    ),

    cohorts as (select {{ cohort }}, count(*) as cohort_size from members group by all),

    retained_on as (
        select {{ cohort }}, period_start, count(*) as members_count
        from members
        inner join active_periods using (user_number, cohort_grain)
        where cohort_start <= period_start
        group by all
    ),

    -- a member counts as active later until the last period it was active in
    last_seen as (
        select {{ cohort }}, last_start as period_start, count(*) as members_count
        from members
        where cohort_start <= last_start
        group by all
    ),

    cells as (
        select
            {{ cohort }},
            date_diff(cohort_grain, cohort_start, period_start)::integer as period_offset,
            period_start,
            cohort_type = 'signup' and cohort_grain = 'week' as is_of_signup_week,
            periods.is_mature,
            cohorts.cohort_size::bigint as cohort_size,
            coalesce(retained_on.members_count, 0)::bigint as retained_on_count,
            coalesce(
                sum(last_seen.members_count) over (partition by {{ cohort }} order by period_start desc), 0
            )::bigint as retained_on_or_after_count
        from cohorts
        inner join periods using (cohort_grain)
        left join retained_on using (platform, cohort_type, cohort_grain, cohort_start, period_start)
        left join last_seen using (platform, cohort_type, cohort_grain, cohort_start, period_start)
        where cohort_start <= period_start
    ),

    rated as (
        select
            {{ cohort }},
            period_offset,
            period_start,
            case when is_of_signup_week then cohort_start end as cohort_week,
            case when is_of_signup_week then period_offset end as week_offset,
            case when is_of_signup_week then period_start end as activity_week,
            is_mature,
            cohort_size,
            retained_on_count,
            retained_on_or_after_count,
            case when is_mature then {{ ratio("retained_on_count", "cohort_size") }} end as retained_on_rate,
            case
                when is_mature then {{ ratio("retained_on_or_after_count", "cohort_size") }}
            end as retained_on_or_after_rate,
            case when not is_mature then 'not_mature' end as null_reason
        from cells
    )

select *
from rated

with
    users as (select * from {{ ref("dim_user") }}),

    user_days as (select * from {{ ref("fct_user_day") }}),

    dates as (select *, min(date_day) over () as first_day from {{ ref("dim_date") }} where is_complete),

    weeks as (select distinct week_start_date, is_week_complete from dates where week_start_date >= first_day),

    members as (
        select users.platform, users.user_key, weeks.week_start_date as cohort_week
        from users
        inner join weeks on date_trunc('week', users.signup_date)::date = weeks.week_start_date
        where users.first_user_type = 'direct'
    ),

    cohorts as (select platform, cohort_week, count(*) as cohort_size from members group by platform, cohort_week),

    -- the weeks a member was active in, its week of signup and later
    active_weeks as (
        select distinct members.platform, members.cohort_week, members.user_key, weeks.week_start_date as active_week
        from members
        inner join user_days on members.user_key = user_days.user_key and user_days.is_active_any
        inner join weeks on date_trunc('week', user_days.reporting_date)::date = weeks.week_start_date
        where weeks.week_start_date >= members.cohort_week
    ),

    retained_on as (
        select platform, cohort_week, active_week, count(*) as members_count
        from active_weeks
        group by platform, cohort_week, active_week
    ),

    last_weeks as (
        select platform, cohort_week, user_key, max(active_week) as last_week
        from active_weeks
        group by platform, cohort_week, user_key
    ),

    last_seen as (
        select platform, cohort_week, last_week, count(*) as members_count
        from last_weeks
        group by platform, cohort_week, last_week
    ),

    cells as (
        select
            cohorts.platform,
            cohorts.cohort_week,
            ((weeks.week_start_date - cohorts.cohort_week) / 7)::integer as week_offset,
            weeks.week_start_date as activity_week,
            weeks.is_week_complete as is_mature,
            cohorts.cohort_size::bigint as cohort_size,
            coalesce(retained_on.members_count, 0)::bigint as retained_on_count,
            -- members whose last active week is this one or later
            coalesce(
                sum(last_seen.members_count) over (
                    partition by cohorts.platform, cohorts.cohort_week order by weeks.week_start_date desc
                ),
                0
            )::bigint as retained_on_or_after_count
        from cohorts
        inner join weeks on cohorts.cohort_week <= weeks.week_start_date
        left join
            retained_on
            on cohorts.platform = retained_on.platform
            and cohorts.cohort_week = retained_on.cohort_week
            and weeks.week_start_date = retained_on.active_week
        left join
            last_seen
            on cohorts.platform = last_seen.platform
            and cohorts.cohort_week = last_seen.cohort_week
            and weeks.week_start_date = last_seen.last_week
    ),

    rated as (
        select
            *,
            case when is_mature then round(retained_on_count::double / cohort_size::double, 6) end as retained_on_rate,
            case
                when is_mature then round(retained_on_or_after_count::double / cohort_size::double, 6)
            end as retained_on_or_after_rate,
            case when not is_mature then 'not_mature' end as null_reason
        from cells
    )

select *
from rated

with
    users as (select * from {{ ref("dim_user") }} where not is_internal),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("users") }}),

    dates as (select date_day, min(date_day) over () as first_day from {{ ref("dim_date") }} where is_complete),

    periods as (
        select *, (last_day - first_day + 1)::integer as days_count
        from {{ ref("kpi_periods") }}
        where period_type in ('day', 'week', 'month')
    ),

    lifecycle as (select * from {{ ref("mart_user_lifecycle_daily") }}),

    changes as (
        select platform, signup_date as changed_date, 1 as joined, 0 as deleted
        from users
        union all
        select platform, deleted_date, 0, 1
        from users
        where is_deleted
    ),

    -- who was there before the first reported day, or nobody knows since when, is in the total and new on no day
    daily_changes as (
        select
            changes.platform,
            case
                when changes.changed_date >= history.first_day then changes.changed_date else history.first_day
            end as date_day,
            sum(changes.joined - changes.deleted) as net_change,
            sum(changes.joined) filter (changes.changed_date >= history.first_day) as joined,
            sum(changes.deleted) filter (changes.changed_date >= history.first_day) as deleted
        from changes
        cross join (select min(date_day) as first_day from dates) as history
        group by all
    ),

    -- sums from the first reported day on: what any stretch of days adds is the difference of two of them
    daily as (
        select
            platforms.platform,
            dates.date_day,
            dates.first_day,
            (sum(coalesce(daily_changes.net_change, 0)) over by_day)::bigint as total_users_count,
            (sum(coalesce(daily_changes.joined, 0)) over by_day)::bigint as joined,
            (sum(coalesce(daily_changes.deleted, 0)) over by_day)::bigint as deleted
        from platforms
        cross join dates
        left join
            daily_changes on platforms.platform = daily_changes.platform and dates.date_day = daily_changes.date_day
        window by_day as (partition by platforms.platform order by dates.date_day)
    ),

    counted as (
        select
            ends.platform,
            periods.period_type,
            periods.period_start,
            periods.period_end,
            periods.is_complete,
            periods.days_count,
            ends.total_users_count,
            ends.joined - coalesce(starts.joined, 0) as new_users_count,
            ends.deleted - coalesce(starts.deleted, 0) as deleted_users_count,
            case
                when periods.first_day - periods.days_count >= ends.first_day
                then coalesce(starts.joined, 0) - coalesce(earlier.joined, 0)
            end as window_new_users_count,
            case
                when periods.last_day - 29 >= ends.first_day then ends.joined - coalesce(day_30.joined, 0)
            end as new_users_30d_count,
            case
                when periods.last_day - 59 >= ends.first_day then day_30.joined - coalesce(day_60.joined, 0)
            end as previous_new_users_30d_count,
            lifecycle.active_users_count,
            lifecycle.previous_active_users_count
        from periods
        inner join daily as ends on periods.last_day = ends.date_day
        inner join lifecycle using (platform, period_type, period_start)
        left join daily as starts on ends.platform = starts.platform and periods.first_day - 1 = starts.date_day
        left join
            daily as earlier
            on ends.platform = earlier.platform
            and periods.first_day - periods.days_count - 1 = earlier.date_day
        left join daily as day_30 on ends.platform = day_30.platform and periods.last_day - 30 = day_30.date_day
        left join daily as day_60 on ends.platform = day_60.platform and periods.last_day - 60 = day_60.date_day
    ),

    compared as (
        select
            *,
            lag(total_users_count) over by_period as previous_total_users_count,
            lag(new_users_count) over by_period as previous_new_users_count,
            lag(deleted_users_count) over by_period as previous_deleted_users_count,
            lag(is_complete) over by_period as is_previous_complete
        from counted
        window by_period as (partition by platform, period_type order by period_start)
    ),

    shown as (
        select
            * exclude (is_previous_complete),
            {{ growth("total", "total_users_count", "previous_total_users_count") }},
            {{ growth("new", "new_users_count", "previous_new_users_count", compares_sums=true) }},
            {{ growth("active", "active_users_count", "previous_active_users_count", compares_sums=true) }},
            {{ growth("new_window", "new_users_count", "window_new_users_count", missing="window_not_full") }},
            {{
                growth(
                    "new_30d",
                    "new_users_30d_count",
                    "previous_new_users_30d_count",
                    missing="window_not_full",
                    of_period=false,
                )
            }}
        from compared
    )

select *
from shown

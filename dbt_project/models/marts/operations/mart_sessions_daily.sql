with
    sessions as (select * from {{ ref("fct_sessions") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("users") }}),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    grouped as (
        select
            platform,
            reporting_date as date_day,
            unnest(case when user_type = 'direct' then ['all', 'direct'] else ['all'] end) as user_group,
            user_key,
            duration_seconds,
            actions_count,
            generations_count
        from sessions
    ),

    counted as (
        select
            platform,
            date_day,
            user_group,
            count(*) as sessions_count,
            count(distinct user_key) as users_count,
            count(*) filter (where actions_count = 1) as single_action_sessions_count,
            count(*) filter (where generations_count > 0) as generation_sessions_count,
            sum(actions_count)::bigint as actions_count,
            sum(duration_seconds)::bigint as duration_seconds_sum,
            median(duration_seconds) as duration_median_seconds
        from grouped
        group by platform, date_day, user_group
    ),

    frame as (
        select platforms.platform, dates.date_day, groups.user_group
        from platforms
        cross join dates
        cross join (select unnest(['all', 'direct']) as user_group) as groups
    ),

    shown as (
        select
            platform,
            date_day,
            user_group,
            coalesce(sessions_count, 0) as sessions_count,
            coalesce(users_count, 0) as users_count,
            coalesce(single_action_sessions_count, 0) as single_action_sessions_count,
            coalesce(generation_sessions_count, 0) as generation_sessions_count,
            coalesce(actions_count, 0) as actions_count,
            coalesce(duration_seconds_sum, 0) as duration_seconds_sum,
            {{ ratio("duration_seconds_sum", "sessions_count", digits=3) }} as duration_avg_seconds,
            {{ rounded("duration_median_seconds", 3) }} as duration_median_seconds,
            {{ ratio("single_action_sessions_count", "sessions_count", 100) }} as single_action_pct,
            case when sessions_count is null then 'zero_denominator' end as null_reason
        from frame
        left join counted using (platform, date_day, user_group)
    )

select *
from shown

with
    sessions as (select * from {{ ref("fct_sessions") }}),

    months as (select distinct month_start_date, is_month_complete from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            platform,
            date_trunc('month', reporting_date)::date as month_start_date,
            exit_action,
            count(*) as sessions_count,
            count(*) filter (where actions_count = 1) as single_action_sessions_count,
            sum(duration_seconds)::bigint as duration_seconds_sum
        from sessions
        group by all
    ),

    shown as (
        select
            counted.platform,
            counted.month_start_date,
            counted.exit_action,
            months.is_month_complete as is_complete,
            counted.sessions_count,
            sum(counted.sessions_count) over by_month::bigint as month_sessions_count,
            {{ ratio("counted.sessions_count", "sum(counted.sessions_count) over by_month", 100) }} as exit_share_pct,
            row_number() over (
                partition by counted.platform, counted.month_start_date
                order by counted.sessions_count desc, counted.exit_action
            ) as exit_rank,
            counted.single_action_sessions_count,
            counted.duration_seconds_sum,
            {{ ratio("counted.duration_seconds_sum", "counted.sessions_count", digits=3) }} as duration_avg_seconds
        from counted
        inner join months using (month_start_date)
        window by_month as (partition by counted.platform, counted.month_start_date)
    )

select *
from shown

{{ config(materialized="view", schema="intermediate") }}

with
    churns as (select * from {{ ref("kpi_definitions") }} where kind = 'churn'),

    periods as (select * from {{ ref("kpi_periods") }}),

    intervals as (select * from {{ ref("kpi_intervals") }}),

    asked as (
        select distinct churns.numerator as measure_id, periods.period_type, periods.period_start, periods.last_day
        from churns
        cross join periods
    ),

    members_at_start as (
        select distinct intervals.platform, asked.*, intervals.member_key
        from asked
        inner join
            intervals
            on asked.measure_id = intervals.measure_id
            and intervals.from_date < asked.period_start
            and coalesce(intervals.to_date >= asked.period_start, true)
    ),

    -- still in, or in again, on the last day
    members_kept as (
        select distinct
            members_at_start.platform,
            members_at_start.measure_id,
            members_at_start.period_type,
            members_at_start.period_start,
            members_at_start.member_key
        from members_at_start
        inner join
            intervals
            on members_at_start.platform = intervals.platform
            and members_at_start.measure_id = intervals.measure_id
            and members_at_start.member_key = intervals.member_key
            and intervals.from_date <= members_at_start.last_day
            and coalesce(intervals.to_date > members_at_start.last_day, true)
    ),

    counted as (
        select platform, measure_id, period_type, period_start, count(*) as start_value
        from members_at_start
        group by all
    ),

    kept as (
        select platform, measure_id, period_type, period_start, count(*) as kept_value from members_kept group by all
    ),

    lost as (
        select
            counted.platform,
            counted.measure_id,
            counted.period_type,
            counted.period_start,
            (counted.start_value - coalesce(kept.kept_value, 0))::decimal(18, 6) as lost_value
        from counted
        left join kept using (platform, measure_id, period_type, period_start)
    )

select *
from lost

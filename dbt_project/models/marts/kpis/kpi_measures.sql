{{ config(materialized="table", schema="intermediate") }}

with
    periods as (
        select
            *,
            min(first_day) over () as history_start,
            lag(is_complete) over (partition by period_type order by period_start) as is_previous_complete
        from {{ ref("kpi_periods") }}
    ),

    feeds as (select * from {{ ref("kpi_feeds") }}),

    daily as (select * from {{ ref("kpi_daily") }}),

    by_period as (select * from {{ ref("kpi_by_period") }}),

    losses as (select * from {{ ref("kpi_losses") }}),

    first_looks as ({{ first_looks() }}),

    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    -- equal days are found faster than days between two others
    period_days as (
        select periods.period_type, periods.period_start, dates.date_day, dates.date_day = periods.last_day as is_last
        from periods
        inner join dates on dates.date_day between periods.first_day and periods.last_day
    ),

    -- a sum adds up over the period; a level is as on its last day
    totals as (
        select
            daily.platform,
            daily.measure_id,
            period_days.period_type,
            period_days.period_start,
            sum(daily.value) as added_up,
            sum(daily.value) filter (where period_days.is_last) as at_end
        from daily
        inner join period_days on daily.date_day = period_days.date_day
        group by all
    ),

    observed as (
        select
            feeds.platform,
            feeds.measure_id,
            periods.*,
            case
                feeds.kind
                when 'quantile'
                then by_period.value
                when 'distinct'
                then coalesce(by_period.value, 0)
                when 'sum'
                then coalesce(totals.added_up, 0)
                else coalesce(totals.at_end, 0)
            end as value,
            losses.lost_value,
            case
                when feeds.is_source_lacking
                then 'no_source'
                when feeds.kind = 'quantile' and by_period.value is null
                then 'no_rows'
                when feeds.needs_observation and periods.last_day < first_looks.first_look
                then 'not_observed'
                when periods.last_day < periods.history_start + feeds.window_days - 1
                then 'window_not_full'
            end as null_reason,
            feeds.is_state and not feeds.needs_observation and periods.last_day < first_looks.first_look as is_assumed
        from feeds
        cross join periods
        left join totals using (platform, measure_id, period_type, period_start)
        left join by_period using (platform, measure_id, period_type, period_start)
        left join losses using (platform, measure_id, period_type, period_start)
        left join first_looks on feeds.platform = first_looks.platform
    ),

    known as (select * replace (case when null_reason is null then value end as value) from observed),

    compared as (
        select
            *,
            lag(value) over by_period as previous_value,
            lag(null_reason) over by_period as previous_null_reason,
            lag(is_assumed) over by_period as is_previous_assumed
        from known
        window by_period as (partition by platform, measure_id, period_type order by period_start)
    ),

    typed as (
        select
            platform,
            measure_id,
            period_type,
            period_start,
            period_end,
            is_complete,
            coalesce(is_previous_complete, false) as is_previous_complete,
            value::decimal(28, 12) as value,
            null_reason,
            previous_value::decimal(28, 12) as previous_value,
            previous_null_reason,
            lost_value::decimal(18, 6) as lost_value,
            coalesce(is_assumed, false) as is_assumed,
            coalesce(is_previous_assumed, false) as is_previous_assumed
        from compared
    )

select *
from typed

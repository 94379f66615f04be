{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    components as (
        select *, case day_pulse when 'red' then 'poor' when 'yellow' then 'watch' when 'green' then 'good' end as band
        from {{ ref("mart_uptime_daily") }}
    ),

    bands as (select * from {{ ref("kpi_bands") }} where kpi_id = 'uptime'),

    pulse as (
        select
            now.platform,
            periods.pack,
            'pulse' as section,
            now.component as item_key,
            now.component as item_title,
            now.uptime_pct as value,
            'percent' as unit,
            before.uptime_pct as previous_value,
            now.null_reason,
            now.band,
            before.band as previous_band,
            (now.component <> 'system')::integer as sort_value,
            'pulse ' || now.pulse || ' at the end of the day' as look_at,
            case
                when now.band in ('watch', 'poor') then 'Read the alerts and the error log of the day.'
            end as recommended_action
        from periods
        inner join components as now on periods.pack = 'daily' and periods.period_start = now.date_day
        left join
            components as before
            on now.platform = before.platform
            and now.component = before.component
            and periods.previous_start = before.date_day
    ),

    -- month by month, ratios of sums
    uptime_months as (
        select
            components.platform,
            periods.pack,
            components.component || ' ' || strftime(components.date_day, '%Y-%m') as item_key,
            100 * sum(components.up_seconds)::double / nullif(sum(components.observed_seconds), 0)::double as value,
            sum(components.failed_checks_count) as failed_checks_count,
            min(components.component <> 'system')::integer as sort_value
        from components
        inner join
            periods
            on periods.pack in ('monthly', 'quarterly')
            and components.date_day between periods.period_start and periods.period_end
        group by all
    ),

    uptime as (
        select
            uptime_months.platform,
            uptime_months.pack,
            'uptime' as section,
            uptime_months.item_key,
            uptime_months.item_key as item_title,
            uptime_months.value,
            'percent' as unit,
            case when uptime_months.value is null then 'not_observed' end as null_reason,
            case
                when uptime_months.value < bands.poor_below
                then 'poor'
                when uptime_months.value < bands.good_from
                then 'watch'
                when uptime_months.value >= bands.good_from
                then 'good'
            end as band,
            uptime_months.sort_value,
            uptime_months.failed_checks_count || ' failed probes' as look_at
        from uptime_months
        left join bands on true
    ),

    items as ({{ review_items(["pulse", "uptime"], owner="operations") }})

select *
from items

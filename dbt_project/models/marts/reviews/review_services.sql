{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    platforms as (select * from {{ ref("dim_platform") }}),

    failures as (select * from {{ ref("mart_error_log") }} where is_failed),

    services as (select * from {{ ref("mart_service_health_daily") }}),

    errors as (
        select
            failures.platform,
            periods.pack,
            'errors' as section,
            failures.error_code as item_key,
            failures.error_code as item_title,
            count(*) filter (where failures.reporting_date = periods.period_start) as value,
            'failed attempts' as unit,
            count(*) filter (where failures.reporting_date = periods.previous_start) as previous_value,
            - count(*) filter (where failures.reporting_date = periods.period_start) as sort_value,
            'where and for whom, in mart_error_log' as look_at,
            'Check the provider and its limits when a code grows.' as recommended_action
        from failures
        inner join
            periods
            on periods.pack = 'daily'
            and failures.reporting_date in (periods.period_start, periods.previous_start)
        group by all
    ),

    peaks as (
        select
            services.platform,
            periods.pack,
            max(services.attempts_peak_5min) filter (where services.date_day >= periods.period_start) as peak,
            max(services.attempts_peak_5min) filter (where services.date_day < periods.period_start) as peak_before,
            max(services.latency_p95_ms) filter (where services.date_day >= periods.period_start) as slowest,
            max(services.latency_p95_ms) filter (where services.date_day < periods.period_start) as slowest_before
        from services
        inner join
            periods
            on periods.pack = 'quarterly'
            and services.date_day between coalesce(periods.previous_start, periods.period_start) and periods.period_end
        group by all
    ),

    capacity as (
        select
            platform,
            pack,
            'capacity' as section,
            'attempts_peak_5min' as item_key,
            'Most attempts in five minutes' as item_title,
            peak as value,
            'attempts' as unit,
            peak_before as previous_value,
            0 as sort_value,
            'headroom of servers and provider limits' as look_at
        from peaks
        union all by name
        select
            platform,
            pack,
            'capacity' as section,
            'latency_p95_ms' as item_key,
            'Slowest day, 95th percentile' as item_title,
            slowest as value,
            'ms' as unit,
            slowest_before as previous_value,
            1 as sort_value,
            'whether waiting grew with use' as look_at
        from peaks
    ),

    -- no table of a source holds tickets: the row says so instead of being left out
    tickets as (
        select
            platforms.platform,
            periods.pack,
            'tickets' as section,
            'tickets' as item_key,
            'Support tickets' as item_title,
            'tickets' as unit,
            'no_source' as null_reason,
            0 as sort_value,
            'the inbox of support' as look_at,
            'Answer what is open.' as recommended_action
        from platforms
        inner join periods on periods.pack = 'daily'
    ),

    items as ({{ review_items(["errors", "capacity", "tickets"], owner="operations") }})

select *
from items

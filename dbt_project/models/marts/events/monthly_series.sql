{{ config(materialized="view", schema="intermediate") }}

with
    events as (select * from {{ ref("event_activity") }}),

    generations as (select * from {{ ref("fct_generations") }} where is_success),

    payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'direct' and currency = 'ARS'),

    months as (select distinct month_start_date from {{ ref("dim_date") }} where is_month_complete),

    -- what happened, once in its segment and once in all
    happened as (
        select platform, 'events' as metric, unnest([event_type, 'all']) as segment, start_date as date_day, 1 as value
        from events
        where is_started
        union all
        select
            generations.platform,
            'photos',
            unnest([case generations.channel when 'event' then events.event_type else generations.channel end, 'all']),
            generations.reporting_date,
            1
        from generations
        left join events on generations.event_key = events.event_key
        union all
        select platform, 'revenue', 'direct', reporting_date, amount
        from payments
    ),

    totals as (
        select
            platform,
            metric,
            coalesce(segment, 'unknown') as segment,
            date_trunc('month', date_day)::date as month_start_date,
            sum(value)::decimal(18, 2) as value
        from happened
        group by all
    ),

    launches as (
        select platform, metric, segment, min(month_start_date) as launch_month
        from totals
        where value > 0
        group by platform, metric, segment
    ),

    -- every complete month since the first that was not empty
    series as (
        select
            launches.platform,
            launches.metric,
            launches.segment,
            months.month_start_date,
            coalesce(totals.value, 0) as value
        from launches
        inner join months on launches.launch_month <= months.month_start_date
        left join totals using (platform, metric, segment, month_start_date)
    )

select *
from series

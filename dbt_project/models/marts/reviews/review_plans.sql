{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    events as (select * from {{ ref("mart_event_performance") }}),

    generations as (select * from {{ ref("fct_generations") }} where event_key is not null),

    styles as (select * from {{ ref("mart_style_usage") }} where usage_window = '90d' and is_retirement_candidate),

    seasons as (select * from {{ ref("mart_seasonality") }}),

    photographed as (
        select generations.platform, periods.pack, generations.event_key, count(*) as photos_count
        from generations
        inner join
            periods
            on periods.pack = 'daily'
            and generations.reporting_date between periods.period_start and periods.period_end
        group by generations.platform, periods.pack, generations.event_key
        qualify
            row_number() over (
                partition by generations.platform, periods.pack order by count(*) desc, generations.event_key
            )
            <= 10
    ),

    top_events as (
        select
            photographed.platform,
            photographed.pack,
            'top_events' as section,
            photographed.event_key as item_key,
            coalesce(events.event_type, 'event') || coalesce(' of ' || events.partner_name, '') as item_title,
            photographed.photos_count as value,
            'photos' as unit,
            - photographed.photos_count as sort_value,
            'what made guests take photos' as look_at,
            'partners' as owner
        from photographed
        left join events on photographed.event_key = events.event_key
    ),

    -- the least used first
    retire_styles as (
        select
            styles.platform,
            periods.pack,
            'retire_styles' as section,
            styles.style_key as item_key,
            coalesce(styles.style_name, styles.style_id) as item_title,
            styles.uses_count as value,
            'photos in 90 days' as unit,
            styles.uses_count as sort_value,
            styles.retire_reason as look_at,
            'Switch the style off, or say why it stays.' as recommended_action,
            'growth' as owner
        from styles
        inner join periods on periods.pack = 'weekly'
    ),

    -- the month after a monthly period, the three after a quarter
    coming as (
        select pack, unnest(generate_series(1, case pack when 'monthly' then 1 else 3 end)) as ahead, period_end
        from periods
        where pack in ('monthly', 'quarterly')
    ),

    season as (
        select
            seasons.platform,
            coming.pack,
            case coming.pack when 'monthly' then 'next_month' else 'seasonality' end as section,
            seasons.metric
            || ' '
            || seasons.segment
            || ' '
            || lpad(seasons.calendar_month::varchar, 2, '0') as item_key,
            seasons.metric || ' ' || seasons.segment || ', month ' || seasons.calendar_month as item_title,
            seasons.month_index as value,
            'index, 1 is an average month' as unit,
            seasons.null_reason,
            coming.ahead * 1000 - 100 * coalesce(abs(seasons.month_index - 1), 0) as sort_value,
            case
                when seasons.is_peak
                then 'a peak'
                when seasons.is_low
                then 'a low'
                when seasons.month_index is not null
                then 'an average month'
                else 'too little history'
            end
            || coalesce('; the documents say ' || seasons.documented_season, '') as look_at,
            case
                when seasons.is_peak
                then 'Prepare capacity, credits and staff.'
                when seasons.is_low
                then 'Plan offers and maintenance.'
            end as recommended_action,
            'growth' as owner
        from seasons
        inner join coming on seasons.calendar_month = month(coming.period_end + 1 + to_months(coming.ahead - 1))
    ),

    items as ({{ review_items(["top_events", "retire_styles", "season"]) }})

select *
from items

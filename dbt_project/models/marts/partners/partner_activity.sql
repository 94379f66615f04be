{{ config(materialized="view", schema="intermediate") }}

with
    partners as (select * from {{ ref("dim_partner") }}),

    events as (select * from {{ ref("dim_event") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    payments as (select * from {{ ref("partner_payments") }} where currency = 'ARS'),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- [month_start, month_end): the last calendar month that is over
    calendar as (
        select
            last_day,
            (date_trunc('month', last_day + 1) - interval 1 month)::date as month_start,
            date_trunc('month', last_day + 1)::date as month_end
        from reported
    ),

    -- events that have begun; one that was deleted before it began was never held
    held as (
        select
            events.partner_key,
            count(*) as events_total,
            count(*) filter (
                where events.start_date >= calendar.month_start and events.start_date < calendar.month_end
            ) as events_last_month,
            count(*) filter (where events.start_date > calendar.last_day - 30) as events_30d,
            count(*) filter (where events.start_date > calendar.last_day - 90) as events_90d,
            max(events.start_date) as last_event_date
        from events
        cross join calendar
        where
            events.start_date <= calendar.last_day
            and events.start_date <= coalesce(events.deleted_date, events.start_date)
        group by events.partner_key
    ),

    -- deleted events keep what their guests consumed
    consumed as (select partner_key, sum(credits_used) as credits_consumed from events group by partner_key),

    photographed as (
        select
            events.partner_key,
            count(*) as photos_total,
            count(*) filter (where generations.reporting_date > calendar.last_day - 30) as photos_30d
        from generations
        inner join events on generations.event_key = events.event_key
        cross join calendar
        group by events.partner_key
    ),

    paid as (select partner_key, sum(amount) as revenue_ars from payments group by partner_key),

    activity as (
        select
            partners.partner_key,
            (calendar.last_day - partners.first_seen_date)::integer as days_since_first_seen,
            coalesce(held.events_total, 0)::bigint as events_total,
            coalesce(held.events_last_month, 0)::bigint as events_last_month,
            coalesce(held.events_30d, 0)::bigint as events_30d,
            coalesce(held.events_90d, 0)::bigint as events_90d,
            held.last_event_date,
            coalesce(photographed.photos_total, 0)::bigint as photos_total,
            coalesce(photographed.photos_30d, 0)::bigint as photos_30d,
            coalesce(paid.revenue_ars, 0)::decimal(18, 2) as revenue_ars,
            coalesce(consumed.credits_consumed, 0)::bigint as credits_consumed
        from partners
        cross join calendar
        left join held on partners.partner_key = held.partner_key
        left join consumed on partners.partner_key = consumed.partner_key
        left join photographed on partners.partner_key = photographed.partner_key
        left join paid on partners.partner_key = paid.partner_key
    )

select *
from activity

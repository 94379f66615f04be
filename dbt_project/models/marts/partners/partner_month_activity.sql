{{ config(materialized="view", schema="intermediate") }}

with
    balances as (select * from {{ ref("partner_month_balances") }}),

    events as (select * from {{ ref("event_activity") }} where partner_key is not null),

    generations as (select * from {{ ref("fct_generations") }}),

    payments as (select * from {{ ref("partner_payments") }}),

    contracts as (select * from {{ ref("fct_contract_intervals") }}),

    -- the 90 days that end with a month hold the month
    held as (
        select
            balances.partner_key,
            balances.month_start_date,
            count(*) filter (where events.start_date >= balances.month_start_date) as events_count,
            count(*) as events_90d
        from balances
        inner join
            events
            on balances.partner_key = events.partner_key
            and events.is_started
            and events.start_date <= balances.last_day
            and events.start_date > balances.last_day - 90
        group by balances.partner_key, balances.month_start_date
    ),

    photographed as (
        select
            events.partner_key,
            date_trunc('month', generations.reporting_date)::date as month_start_date,
            count(*) as photos_count
        from generations
        inner join events on generations.event_key = events.event_key
        group by events.partner_key, month_start_date
    ),

    paid as (
        select partner_key, date_trunc('month', reporting_date)::date as month_start_date, sum(amount) as revenue_ars
        from payments
        where currency = 'ARS'
        group by partner_key, month_start_date
    ),

    agreed as (
        select
            balances.partner_key,
            balances.month_start_date,
            sum(contracts.monthly_value) filter (where contracts.currency = 'ARS') as mrr_ars,
            sum(contracts.monthly_value) filter (where contracts.currency = 'USD') as mrr_usd
        from balances
        inner join
            contracts
            on balances.partner_key = contracts.partner_key
            and contracts.valid_from_date <= balances.last_day
            and coalesce(contracts.valid_to_date > balances.last_day, true)
        group by balances.partner_key, balances.month_start_date
    ),

    activity as (
        select
            balances.partner_key,
            balances.month_start_date,
            coalesce(held.events_count, 0) as events_count,
            coalesce(held.events_90d, 0) as events_90d,
            coalesce(photographed.photos_count, 0) as photos_count,
            coalesce(paid.revenue_ars, 0)::decimal(18, 2) as revenue_ars,
            coalesce(agreed.mrr_ars, 0)::decimal(18, 2) as mrr_ars,
            coalesce(agreed.mrr_usd, 0)::decimal(18, 2) as mrr_usd
        from balances
        left join held using (partner_key, month_start_date)
        left join photographed using (partner_key, month_start_date)
        left join paid using (partner_key, month_start_date)
        left join agreed using (partner_key, month_start_date)
    )

select *
from activity

{{ config(schema="intermediate") }}

with
    partners as (select * from {{ ref("dim_partner") }}),

    states as (select * from {{ ref("dim_partner_history") }}),

    events as (select * from {{ ref("dim_event") }}),

    event_states as (select * from {{ ref("dim_event_history") }}),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    first_looks as ({{ first_looks() }}),

    months as (
        select month_start_date, max(date_day) as last_day, any_value(is_month_complete) as is_complete
        from dates
        group by month_start_date
    ),

    -- every month that a partner saw the end of, or the last reported day
    calendar as (
        select
            partners.partner_key,
            partners.platform,
            partners.first_seen_date,
            months.month_start_date,
            months.last_day,
            months.is_complete,
            coalesce(months.last_day >= first_looks.first_look, false) as is_observed
        from partners
        inner join months on partners.first_seen_date <= months.last_day
        left join first_looks on partners.platform = first_looks.platform
    ),

    -- what each state of an event added to what its guests consumed, and their sum until then
    consumption as (
        select
            events.partner_key,
            event_states.valid_from_date,
            event_states.credits_used - coalesce(
                lag(event_states.credits_used) over (
                    partition by event_states.event_key order by event_states.valid_from
                ),
                0
            ) as credits
        from event_states
        inner join events on event_states.event_key = events.event_key
        where events.partner_key is not null
    ),

    consumed as (
        select
            partner_key,
            valid_from_date,
            sum(sum(credits)) over (partition by partner_key order by valid_from_date)::bigint as credits_consumed
        from consumption
        group by partner_key, valid_from_date
    ),

    balances as (
        select
            calendar.*,
            states.is_active,
            states.credits_total,
            states.credits_allocated,
            coalesce(consumed.credits_consumed, 0) as credits_consumed
        from calendar
        inner join
            states
            on calendar.partner_key = states.partner_key
            and states.valid_from_date <= calendar.last_day
            and coalesce(states.valid_to_date > calendar.last_day, true)
        asof left join
            consumed on calendar.partner_key = consumed.partner_key and calendar.last_day >= consumed.valid_from_date
    )

select *
from balances

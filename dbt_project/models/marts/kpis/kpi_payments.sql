{{ config(materialized="view", schema="intermediate") }}

with
    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    states as (select * from {{ ref("dim_user_history") }}),

    -- what an account was before it was first seen is unknown: as found
    beginnings as (select user_key, min(valid_from) as known_from from states group by user_key),

    dated as (
        select payments.*, greatest(payments.paid_at, beginnings.known_from) as state_at
        from payments
        inner join beginnings on payments.user_key = beginnings.user_key
    ),

    paid as (
        select
            dated.platform,
            dated.payment_key,
            dated.user_key,
            states.user_type as payer_type,
            dated.reporting_date,
            case
                dated.platform
                {% for platform, zone in var("local_timezones").items() %}
                    when '{{ platform }}' then (dated.paid_at at time zone '{{ zone }}')::date
                {% endfor %}
            end as paid_local_date,
            dated.amount,
            dated.currency,
            dated.credits_purchased
        from dated
        asof inner join states on dated.user_key = states.user_key and dated.state_at >= states.valid_from
    )

select *
from paid

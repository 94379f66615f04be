{{ config(materialized="view", schema="intermediate") }}

with
    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    account_payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'partner'),

    partners as (select * from {{ ref("dim_partner") }}),

    named as (
        select payments.payment_key, partners.partner_key
        from payments
        inner join partners on payments.user_key = partners.partner_key and not partners.is_virtual
        union all
        select account_payments.payment_key, partners.partner_key
        from account_payments
        inner join partners on account_payments.user_key = partners.user_key
    ),

    -- partners may share an account: the first by key
    payers as (select payment_key, min(partner_key) as partner_key from named group by payment_key),

    paid as (
        select
            payments.payment_key,
            payments.platform,
            payers.partner_key,
            payments.reporting_date,
            payments.amount,
            payments.currency
        from payments
        inner join payers on payments.payment_key = payers.payment_key
    )

select *
from paid

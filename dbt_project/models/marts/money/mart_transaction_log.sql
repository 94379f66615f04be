with
    movements as (select * from {{ ref("fct_credit_movements") }}),

    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    payers as (select * from {{ ref("kpi_payments") }}),

    partner_payments as (select * from {{ ref("partner_payments") }}),

    partners as (select * from {{ ref("dim_partner") }}),

    credit_rows as (
        select
            'credits:' || movements.movement_key as transaction_key,
            movements.platform,
            movements.occurred_at,
            movements.reporting_date as transaction_date,
            case when partners.partner_key is null then 'unknown' else 'partner' end as actor_type,
            movements.account_key as actor_key,
            partners.partner_name as actor_name,
            'credit_' || replace(movements.movement_type, '-', '_') as action_type,
            movements.credits::decimal(18, 2) as amount,
            'credits' as unit,
            case
                movements.movement_type
                when 'top-up'
                then 'Credits bought, booked in the wallet.'
                when 'refund'
                then 'Credits given back, booked in the wallet.'
                when 'usage'
                then 'Credits used outside events, booked in the wallet.'
                when 'adjustment'
                then 'Correction of the wallet by an administrator.'
                when 'unbooked'
                then 'Change of the counters that no booking explains, such as credits given to events.'
                else 'Booking of a kind without a known direction; it counts 0 credits.'
            end as description
        from movements
        left join partners on movements.account_key = partners.partner_key
    ),

    payment_rows as (
        select
            'payment:' || payments.payment_key as transaction_key,
            payments.platform,
            payments.paid_at as occurred_at,
            payments.reporting_date as transaction_date,
            case
                when partner_payments.partner_key is not null then 'partner' else coalesce(payers.payer_type, 'unknown')
            end as actor_type,
            coalesce(partner_payments.partner_key, payments.user_key) as actor_key,
            partners.partner_name as actor_name,
            'payment' as action_type,
            coalesce(payments.amount, 0)::decimal(18, 2) as amount,
            payments.currency as unit,
            'Payment for '
            || coalesce(payments.credits_purchased::varchar, 'an unknown number of')
            || ' credits'
            || coalesce(' by ' || payments.payment_method, '')
            || '.' as description
        from payments
        left join payers on payments.payment_key = payers.payment_key
        left join partner_payments on payments.payment_key = partner_payments.payment_key
        left join partners on partner_payments.partner_key = partners.partner_key
    ),

    united as (
        select *
        from credit_rows
        union all by name
        select *
        from payment_rows
    )

select *
from united

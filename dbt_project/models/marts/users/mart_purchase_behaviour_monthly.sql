with
    payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'direct'),

    -- a subscription is no pack
    notifications as (
        select payment_key, paid_at from {{ ref("fct_payments") }} where payment_purpose is distinct from 'subscription'
    ),

    months as (
        select distinct month_start_date, is_month_complete as is_complete from {{ ref("dim_date") }} where is_complete
    ),

    -- a key has no NULL: 0 for credits or an amount that the notification does not name
    purchases as (
        select
            payments.platform,
            payments.user_key,
            payments.currency,
            date_trunc('month', payments.reporting_date)::date as month_start_date,
            coalesce(payments.credits_purchased, 0) as pack_credits,
            coalesce(payments.amount, 0)::decimal(18, 2) as price,
            row_number() over (partition by payments.user_key order by notifications.paid_at, payments.payment_key)
            > 1 as is_repeat
        from payments
        inner join notifications on payments.payment_key = notifications.payment_key
    ),

    sold as (
        select
            platform,
            month_start_date,
            currency,
            pack_credits,
            price,
            count(*) as purchases_count,
            count(distinct user_key) as buyers_count,
            count(distinct user_key) filter (not is_repeat) as first_buyers_count,
            count(distinct user_key) filter (is_repeat) as repeat_buyers_count
        from purchases
        group by all
    ),

    packs as (
        select distinct platform, month_start_date, currency, pack_credits
        from sold
        where pack_credits > 0 and price > 0
    ),

    -- what the pack mostly cost in the month and the two before it; of equally frequent prices the highest
    usual as (
        select packs.*, sold.price as usual_price
        from packs
        inner join
            sold
            on packs.platform = sold.platform
            and packs.currency = sold.currency
            and packs.pack_credits = sold.pack_credits
            and sold.month_start_date between packs.month_start_date - interval 2 months and packs.month_start_date
        where sold.price > 0
        group by packs.platform, packs.month_start_date, packs.currency, packs.pack_credits, sold.price
        qualify
            row_number() over (
                partition by packs.platform, packs.month_start_date, packs.currency, packs.pack_credits
                order by sum(sold.purchases_count) desc, sold.price desc
            )
            = 1
    ),

    shown as (
        select
            sold.platform,
            sold.month_start_date,
            months.is_complete,
            sold.currency,
            sold.pack_credits,
            sold.price,
            usual.usual_price,
            case when sold.price > 0 then sold.price < usual.usual_price end as is_discounted,
            case
                when sold.price > 0
                then {{ ratio("usual.usual_price - sold.price", "usual.usual_price", 100, digits=4) }}
            end as discount_pct,
            case when sold.price > 0 then {{ ratio("sold.price", "sold.pack_credits") }} end as price_per_credit,
            case when sold.price = 0 or sold.pack_credits = 0 then 'not_recorded' end as null_reason,
            sold.purchases_count,
            sum(sold.purchases_count) over by_month::bigint as month_purchases_count,
            {{ ratio("sold.purchases_count", "sum(sold.purchases_count) over by_month", 100) }} as purchases_share_pct,
            (sold.purchases_count * sold.price)::decimal(18, 2) as amount,
            (sold.purchases_count * sold.pack_credits)::bigint as credits_purchased,
            sold.buyers_count,
            sold.first_buyers_count,
            sold.repeat_buyers_count
        from sold
        left join usual using (platform, month_start_date, currency, pack_credits)
        inner join months on sold.month_start_date = months.month_start_date
        window by_month as (partition by sold.platform, sold.month_start_date, sold.currency)
    )

select *
from shown

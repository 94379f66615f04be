with
    payments as (select * from {{ ref("stg_marketing_engine__payments") }}),

    -- a refund overwrites the status of money that did come
    received as (select * from payments where payment_status in ('paid', 'refunded')),

    shaped as (
        select
            {{ platform_key("marketing_engine", "payment_id") }} as payment_key,
            'marketing_engine' as platform,
            payment_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            'subscription' as payment_purpose,
            amount,
            coalesce(currency, '{{ var("default_currencies")["marketing_engine"] }}') as currency,
            coalesce(paid_at, created_at) as paid_at,
            payment_status = 'refunded' as is_refunded,
            -- a failed payment that is tried again is a row of its own, and only one of them is paid
            false as is_duplicate
        from received
    )

select *
from shaped

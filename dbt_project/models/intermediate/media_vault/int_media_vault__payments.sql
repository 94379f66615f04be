with
    purchases as (select * from {{ ref("stg_media_vault__credit_purchases") }}),

    -- what was refunded later was received all the same
    received as (
        select *, coalesce(completed_at, created_at) as paid_at
        from purchases
        where purchase_status in ('completed', 'refunded') and coalesce(completed_at, created_at) is not null
    ),

    shaped as (
        select
            {{ platform_key("media_vault", "credit_purchase_id") }} as payment_key,
            'media_vault' as platform,
            credit_purchase_id as payment_id,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            'credits' as payment_purpose,
            credits_purchased,
            -- stars come whole; a decimal stays exact where a division would not
            (amount_cents * case when currency = 'XTR' then 1.00 else 0.01 end)::decimal(18, 2) as amount,
            coalesce(currency, '{{ var("default_currencies")["media_vault"] }}') as currency,
            provider as payment_method,
            paid_at,
            purchase_status = 'refunded' as is_refunded,
            external_payment_hash is not null
            and row_number() over (partition by external_payment_hash order by paid_at, credit_purchase_id)
            > 1 as is_duplicate
        from received
    )

select *
from shaped

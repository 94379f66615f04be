with
    invoices as (select * from {{ ref("stg_custom_gpt__billing_invoices") }}),

    paid as (select * replace (coalesce(paid_at, created_at) as paid_at) from invoices where status = 'paid'),

    shaped as (
        select
            {{ platform_key("custom_gpt", "invoice_id") }} as payment_key,
            'custom_gpt' as platform,
            invoice_id as payment_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            'subscription' as payment_purpose,
            amount,
            coalesce(currency, '{{ var("default_currencies")["custom_gpt"] }}') as currency,
            paid_at,
            false as is_refunded,
            stripe_invoice_id_hash is not null
            and row_number() over (
                partition by stripe_invoice_id_hash order by paid_at, try_cast(invoice_id as bigint), invoice_id
            )
            > 1 as is_duplicate
        from paid
    )

select *
from shaped

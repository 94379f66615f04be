with
    payments as (select * from {{ ref("stg_photobooth__payments") }}),

    approved as (select * from payments where status = 'approved' or status is null),

    shaped as (
        select
            {{ platform_key("photobooth", "payment_id") }} as payment_key,
            'photobooth' as platform,
            payment_id,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            'credits' as payment_purpose,
            credits_purchased,
            amount,
            coalesce(currency, '{{ var("default_currencies")["photobooth"] }}') as currency,
            payment_method,
            created_at as paid_at,
            false as is_refunded,
            external_payment_hash is not null
            and row_number() over (partition by external_payment_hash order by created_at, payment_id)
            > 1 as is_duplicate
        from approved
    )

select *
from shaped

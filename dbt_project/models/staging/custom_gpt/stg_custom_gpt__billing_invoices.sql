with
    source as (select * from {{ source("raw_custom_gpt", "billing_invoices") }}),

    renamed as (
        select
            -- ids
            id::varchar as invoice_id,
            user_id::varchar as user_id,
            stripe_invoice_id_hash,

            -- what it is
            lower(nullif(trim(status), '')) as status,

            -- money: a division would go through double
            (amount_cents::bigint * 0.01::decimal(3, 2))::decimal(18, 2) as amount,
            upper(nullif(trim(currency), '')) as currency,

            -- timestamps
            billing_period_start as period_start_at,
            billing_period_end as period_end_at,
            created_at,
            paid_at
        from source
    )

select *
from renamed

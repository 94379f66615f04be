with
    source as (select * from {{ source("raw_media_vault", "credit_purchases") }}),

    renamed as (
        select
            -- ids
            id::varchar as credit_purchase_id,
            user_id::varchar as user_id,
            external_id_hash as external_payment_hash,

            -- what it is
            lower(nullif(trim(package), '')) as package,
            lower(nullif(trim(provider), '')) as provider,
            lower(nullif(trim(status), '')) as purchase_status,

            -- money and credits
            amount_cents::bigint as amount_cents,
            upper(nullif(trim(currency), '')) as currency,
            credits::bigint as credits_purchased,

            -- timestamps
            completed_at,
            created_at
        from source
    )

select *
from renamed

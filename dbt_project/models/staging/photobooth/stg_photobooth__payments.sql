with
    source as (select * from {{ source("raw_photobooth", "payment_notifications") }}),

    renamed as (
        select
            -- ids
            id::varchar as payment_id,
            mercadopago_id_hash as external_payment_hash,
            user_id::varchar as profile_id,

            -- what it is
            lower(trim(status)) as status,
            payment_method_id as payment_method,

            -- money and credits
            amount,
            upper(nullif(trim(currency_id), '')) as currency,
            credits_added::bigint as credits_purchased,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

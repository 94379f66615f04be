with
    source as (select * from {{ source("raw_photobooth", "wallet_transactions") }}),

    renamed as (
        select
            -- ids
            id::varchar as wallet_transaction_id,
            partner_id::varchar as partner_id,

            -- what it is
            replace(lower(trim(type)), '_', '-') as transaction_type,
            description_sign,

            -- credits, without a sign in the source
            abs(amount)::bigint as credits_magnitude,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_media_vault", "credit_transactions") }}),

    renamed as (
        select
            -- ids
            id::varchar as credit_transaction_id,
            user_id::varchar as user_id,
            reference_id::varchar as reference_id,

            -- what it is
            lower(nullif(trim(type), '')) as transaction_type,
            lower(nullif(trim(feature_key), '')) as feature,

            -- credits, with their sign
            amount::bigint as credits,
            balance_after::bigint as credits_balance_after,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

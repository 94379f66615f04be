with
    source as (select * from {{ source("raw_character_studio", "credit_transactions") }}),

    renamed as (
        select
            -- ids
            id::varchar as credit_transaction_id,
            user_id::varchar as user_id,
            reference_id::varchar as reference_id,

            -- what it is
            lower(nullif(trim(type), '')) as transaction_type,
            lower(nullif(trim(reference_type), '')) as reference_type,
            lower(nullif(trim(quality_mode), '')) as quality_mode,

            -- credits, signed in the source
            amount::bigint as credits,
            balance_after::bigint as balance_after,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

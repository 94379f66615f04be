with
    movements as (select * from {{ ref("stg_media_vault__credit_transactions") }}),

    -- the ledger has its signs: what was used left the wallet
    shaped as (
        select
            {{ platform_key("media_vault", "credit_transaction_id") }} as credit_use_key,
            'media_vault' as platform,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            - credits as credits_used,
            created_at as used_at
        from movements
        where transaction_type = 'usage' and user_id is not null and created_at is not null
    )

select *
from shaped

with
    movements as (select * from {{ ref("stg_character_studio__credit_transactions") }}),

    -- the ledger has its signs: what was used left the wallet. What the team uses is no use
    shaped as (
        select
            {{ platform_key("character_studio", "credit_transaction_id") }} as credit_use_key,
            'character_studio' as platform,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            - credits as credits_used,
            created_at as used_at
        from movements
        where
            transaction_type = 'generation'
            and reference_type is distinct from 'dev_bypass'
            and user_id is not null
            and created_at is not null
    )

select *
from shaped

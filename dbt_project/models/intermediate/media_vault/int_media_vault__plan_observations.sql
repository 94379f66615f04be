with
    observations as (select * from {{ ref("int_media_vault__account_observations") }}),

    wallets as (select * from observations where is_wallet_deleted is not null),

    -- a tier has no end and no debts: it is in force while the wallet and its account are there
    shaped as (
        select
            {{ platform_key("media_vault", "user_id") }} as user_key,
            'media_vault' as platform,
            plan_tier,
            'active' as plan_status,
            coalesce(plan_tier in ('tier_1', 'tier_2', 'tier_3'), false) as is_paid_plan,
            is_wallet_deleted or coalesce(is_account_deleted, false) as is_deleted,
            known_since,
            load_id,
            observed_at
        from wallets
    )

select *
from shaped

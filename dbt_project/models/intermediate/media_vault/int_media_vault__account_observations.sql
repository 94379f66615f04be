with
    accounts as (select * from {{ ref("stg_media_vault__user_observations") }}),

    wallets as (select * from {{ ref("stg_media_vault__wallet_observations") }}),

    -- an account and its wallet are two tables: what a load saw of either is a look at both
    moments as (
        select user_id, load_id, observed_at
        from accounts
        union
        select user_id, load_id, observed_at
        from wallets
    ),

    states as (
        select
            moments.user_id,
            accounts.role,
            accounts.referred_by_user_id,
            accounts.is_deleted or not accounts.is_active as is_account_deleted,
            min(accounts.created_at) over (partition by moments.user_id) as known_since,
            wallets.plan_tier,
            wallets.credits_balance,
            wallets.is_deleted as is_wallet_deleted,
            moments.load_id,
            moments.observed_at
        from moments
        asof left join accounts on moments.user_id = accounts.user_id and moments.load_id >= accounts.load_id
        asof left join wallets on moments.user_id = wallets.user_id and moments.load_id >= wallets.load_id
    )

select *
from states

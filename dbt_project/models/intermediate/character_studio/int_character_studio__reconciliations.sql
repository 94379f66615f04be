with
    wallet_observations as (select * from {{ ref("stg_character_studio__wallet_observations") }}),

    character_observations as (select * from {{ ref("stg_character_studio__character_observations") }}),

    transactions as (
        select * from {{ ref("stg_character_studio__credit_transactions") }} where {{ is_past("created_at") }}
    ),

    posts as (select * from {{ ref("stg_character_studio__posts") }}),

    latest_wallets as ({{ latest_observations("wallet_observations", "wallet_id") }}),

    latest_characters as ({{ latest_observations("character_observations", "character_id") }}),

    -- a counter that has moved since the reported day can't be explained by the rows until then
    wallets as (
        select *
        from latest_wallets
        where not is_deleted and user_id is not null and {{ is_past("updated_at", unknown=true) }}
        qualify row_number() over (partition by user_id order by created_at desc, wallet_id) = 1
    ),

    -- a refresh sets the balance yet books its full amount: not the sum counts. What the team uses moves no balance
    booked as (
        select user_id, max_by(balance_after, (created_at, credit_transaction_id)) as credits_balance
        from transactions
        where reference_type is distinct from 'dev_bypass'
        group by user_id
    ),

    characters as (
        select *
        from latest_characters
        where
            not is_deleted
            and {{ is_past("created_at", unknown=true) }}
            and character_id
            not in (select character_id from posts where created_at >= {{ as_of() }} and character_id is not null)
    ),

    published as (select character_id, count(*) as posts_count from posts group by character_id),

    compared as (
        select
            'user_credits.balance' as counter,
            wallets.user_id as entity_id,
            try_cast(wallets.credits_balance as decimal(18, 6)) as reported_value,
            coalesce(booked.credits_balance, 0)::decimal(18, 6) as counted_value
        from wallets
        left join booked on wallets.user_id = booked.user_id
        union all by name
        select
            'characters.post_count' as counter,
            characters.character_id as entity_id,
            try_cast(characters.posts_reported as decimal(18, 6)) as reported_value,
            coalesce(published.posts_count, 0)::decimal(18, 6) as counted_value
        from characters
        left join published on characters.character_id = published.character_id
    ),

    shaped as (
        select
            {{ platform_key("character_studio", "counter || ':' || entity_id || ':lifetime'") }} as reconciliation_key,
            'character_studio' as platform,
            counter,
            {{ platform_key("character_studio", "entity_id") }} as entity_key,
            'lifetime' as period_type,
            null::timestamptz as period_start_at,
            reported_value,
            counted_value
        from compared
        where reported_value is not null
    )

select *
from shaped

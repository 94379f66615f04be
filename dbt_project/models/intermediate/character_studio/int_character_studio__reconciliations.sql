with
    wallet_observations as (select * from {{ ref("stg_character_studio__wallet_observations") }}),

    character_observations as (select * from {{ ref("stg_character_studio__character_observations") }}),

    transactions as (
        select * from {{ ref("stg_character_studio__credit_transactions") }} where {{ is_past("created_at") }}
    ),

    posts as (select * from {{ ref("stg_character_studio__posts") }}),

    images as (select * from {{ ref("stg_character_studio__images") }}),

    latest_wallets as ({{ latest_observations("wallet_observations", "wallet_id") }}),

    latest_characters as ({{ latest_observations("character_observations", "character_id") }}),

    -- a counter that has moved since the reported day can't be explained by the rows until then
    wallets as (
        select *
        from latest_wallets
        where not is_deleted and user_id is not null and {{ is_past("updated_at", unknown=true) }}
        qualify row_number() over (partition by user_id order by created_at desc, wallet_id) = 1
    ),

    -- a refund that names no job lowers what was spent, one that does is earned. What the team uses moves no balance
    movements as (
        select *, transaction_type = 'refund' and reference_id is null as takes_back
        from transactions
        where reference_type is distinct from 'dev_bypass'
    ),

    -- a refresh sets the balance yet books its full amount: not the sum counts
    booked as (
        select
            user_id,
            max_by(balance_after, (created_at, credit_transaction_id)) as credits_balance,
            sum(credits) filter (credits > 0 and takes_back is not true) as credits_earned,
            - sum(credits) filter (transaction_type = 'generation' or takes_back) as credits_spent
        from movements
        group by user_id
    ),

    wallet_counters as (
        select
            wallets.user_id,
            unnest(['balance', 'total_earned', 'total_spent']) as counter,
            unnest([wallets.credits_balance, credits_earned_reported, credits_spent_reported]) as reported_value,
            unnest([booked.credits_balance, booked.credits_earned, booked.credits_spent]) as counted_value
        from wallets
        left join booked on wallets.user_id = booked.user_id
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

    -- a like has no time: counter and images are both as the load found them
    liked as (select character_id, count(*) as likes_count from images where is_liked group by character_id),

    compared as (
        select
            'user_credits.' || counter as counter,
            user_id as entity_id,
            try_cast(reported_value as decimal(18, 6)) as reported_value,
            coalesce(counted_value, 0)::decimal(18, 6) as counted_value
        from wallet_counters
        union all by name
        select
            'characters.post_count' as counter,
            characters.character_id as entity_id,
            try_cast(characters.posts_reported as decimal(18, 6)) as reported_value,
            coalesce(published.posts_count, 0)::decimal(18, 6) as counted_value
        from characters
        left join published on characters.character_id = published.character_id
        union all by name
        select
            'characters.liked_count' as counter,
            latest_characters.character_id as entity_id,
            try_cast(latest_characters.likes_reported as decimal(18, 6)) as reported_value,
            coalesce(liked.likes_count, 0)::decimal(18, 6) as counted_value
        from latest_characters
        left join liked on latest_characters.character_id = liked.character_id
        where not latest_characters.is_deleted and {{ is_past("latest_characters.created_at", unknown=true) }}
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

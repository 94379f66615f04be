with
    usage_counters as (select * from {{ ref("int_media_vault__usage_counters") }}),

    day_counters as (select * from {{ ref("int_media_vault__day_counters") }}),

    login_counters as (select * from {{ ref("int_media_vault__login_counters") }}),

    items as (select * from {{ ref("stg_media_vault__community_items") }}),

    likes as (select * from {{ ref("stg_media_vault__community_likes") }} where {{ is_past("created_at") }}),

    wallet_observations as (select * from {{ ref("stg_media_vault__wallet_observations") }}),

    movements as (select * from {{ ref("stg_media_vault__credit_transactions") }} where {{ is_past("created_at") }}),

    liked as (
        select likes.community_item_id, count(*) as likes_count
        from likes
        inner join items on likes.community_item_id = items.community_item_id
        where coalesce(likes.kind = items.kind, true)
        group by likes.community_item_id
    ),

    latest_wallets as ({{ latest_observations("wallet_observations", "user_id") }}),

    -- the number of a movement tells the order of booking; two may have the same time
    booked as (
        select
            user_id,
            arg_max(credits_balance_after, credit_transaction_id::bigint) as credits_balance,
            coalesce(sum(credits) filter (credits > 0), 0) as credits_earned,
            -- what lapsed was not spent
            coalesce(
                - sum(credits) filter (credits < 0 and transaction_type is distinct from 'expired'), 0
            ) as credits_spent
        from movements
        group by user_id
    ),

    -- a wallet that has moved since the reported day can't be explained by the rows until then
    wallet_counters as (
        select
            latest_wallets.user_id,
            unnest(['balance', 'total_earned', 'total_spent']) as counter,
            unnest(
                [latest_wallets.credits_balance, latest_wallets.credits_earned, latest_wallets.credits_spent]
            ) as reported_value,
            unnest([booked.credits_balance, booked.credits_earned, booked.credits_spent]) as counted_value
        from latest_wallets
        left join booked on latest_wallets.user_id = booked.user_id
        where not latest_wallets.is_deleted and {{ is_past("latest_wallets.updated_at", unknown=true) }}
    ),

    -- counters of a lifetime all, over rows that are kept; what they grew by in a day is compared too
    compared as (
        select 'user_usage_stats.' || counter as counter, user_id as entity_id, reported_value, counted_value
        from usage_counters
        union all by name
        select 'user_usage_stats.login_count' as counter, user_id as entity_id, reported_value, counted_value
        from login_counters
        union all by name
        select
            'user_usage_stats.' || counter as counter,
            user_id as entity_id,
            reported_value,
            counted_value,
            reporting_date
        from day_counters
        union all by name
        select
            'community_items.like_count' as counter,
            items.community_item_id as entity_id,
            items.likes_reported as reported_value,
            coalesce(liked.likes_count, 0) as counted_value
        from items
        left join liked on items.community_item_id = liked.community_item_id
        where items.likes_reported is not null and {{ is_past("items.created_at", unknown=true) }}
        union all by name
        select 'user_credits.' || counter as counter, user_id as entity_id, reported_value, counted_value
        from wallet_counters
        where reported_value is not null
    ),

    shaped as (
        select
            {{ platform_key("media_vault", "counter") }}
            || ':'
            || entity_id
            || coalesce(':daily:' || reporting_date, ':lifetime') as reconciliation_key,
            'media_vault' as platform,
            counter,
            {{ platform_key("media_vault", "entity_id") }} as entity_key,
            case when reporting_date is null then 'lifetime' else 'daily' end as period_type,
            {{ day_start("reporting_date") }} as period_start_at,
            reported_value::decimal(18, 6) as reported_value,
            counted_value::decimal(18, 6) as counted_value
        from compared
    )

select *
from shaped

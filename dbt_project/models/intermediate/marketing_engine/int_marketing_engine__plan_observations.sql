with
    users as (select * from {{ ref("stg_marketing_engine__user_observations") }}),

    subscription_observations as (select * from {{ ref("stg_marketing_engine__subscription_observations") }}),

    -- one row per user in the source; when one replaced another, a load saw both, and the new one counts
    subscriptions as (
        select *, min(created_at) over (partition by user_id) as known_since
        from subscription_observations
        where user_id is not null
        qualify row_number() over (partition by user_id, load_id order by is_deleted, subscription_id) = 1
    ),

    -- of an account only its coming and going says something about its plan, not every sign-in
    accounts as (
        select *, min(created_at) over (partition by user_id) as known_since
        from users
        qualify is_deleted is distinct from lag(is_deleted) over (partition by user_id order by load_id)
    ),

    moments as (
        select user_id, load_id, observed_at
        from subscriptions
        union
        select user_id, load_id, observed_at
        from accounts
    ),

    -- without a row, or with one that went while the account stayed, a user is on the free plan. A row that goes with
    -- its account shows the last known plan
    states as (
        select
            moments.user_id,
            moments.load_id,
            moments.observed_at,
            subscriptions.plan_type,
            subscriptions.is_active,
            subscriptions.billing_period_end,
            subscriptions.user_id is null
            or (subscriptions.is_deleted and coalesce(not accounts.is_deleted, false)) as is_without_row,
            coalesce(accounts.is_deleted, subscriptions.is_deleted) as is_deleted,
            coalesce(subscriptions.known_since, accounts.known_since) as known_since
        from moments
        asof left join
            subscriptions on moments.user_id = subscriptions.user_id and moments.load_id >= subscriptions.load_id
        asof left join accounts on moments.user_id = accounts.user_id and moments.load_id >= accounts.load_id
    ),

    planned as (
        select
            *,
            case when is_without_row then 'free' else plan_type end as plan_tier,
            case
                when is_without_row or is_active
                then 'active'
                when billing_period_end <= observed_at
                then 'expired'
                else 'cancelled'
            end as plan_status
        from states
    ),

    shaped as (
        select
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            'marketing_engine' as platform,
            plan_tier,
            plan_status,
            coalesce(plan_tier in ('starter', 'pro', 'enterprise', 'custom'), false)
            and plan_status = 'active'
            and not is_deleted as is_paid_plan,
            is_deleted,
            known_since,
            load_id,
            observed_at
        from planned
    )

select *
from shaped

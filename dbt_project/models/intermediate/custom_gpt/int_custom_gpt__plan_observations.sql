with
    observations as (select * from {{ ref("stg_custom_gpt__subscription_observations") }} where user_id is not null),

    -- a user has one row in practice, which nothing enforces: each of a user's rows at each load that saw one of them
    candidates as (
        select moments.user_id, moments.load_id, moments.observed_at, owned.subscription_id
        from (select distinct user_id, load_id, observed_at from observations) as moments
        inner join
            (select distinct user_id, subscription_id from observations) as owned on moments.user_id = owned.user_id
    ),

    states as (
        select candidates.*, observations.tier, observations.status, observations.created_at, observations.is_deleted
        from candidates
        asof inner join
            observations
            on candidates.subscription_id = observations.subscription_id
            and candidates.load_id >= observations.load_id
    ),

    -- the newest row that is there; of rows that are all gone the newest
    plans as (
        select *
        from states
        qualify
            row_number() over (
                partition by user_id, load_id
                order by
                    is_deleted,
                    created_at desc nulls last,
                    try_cast(subscription_id as bigint) desc,
                    subscription_id desc
            )
            = 1
    ),

    known as (select user_id, min(created_at) as known_since from observations group by user_id),

    -- given up collecting (unpaid) ends a plan without a cancellation; a cancellation leaves the tier as it was
    shaped as (
        select
            {{ platform_key("custom_gpt", "plans.user_id") }} as user_key,
            'custom_gpt' as platform,
            plans.tier as plan_tier,
            case
                when plans.status in ('active', 'past_due', 'cancelled')
                then plans.status
                when plans.status = 'unpaid'
                then 'expired'
                else 'other'
            end as plan_status,
            not plans.is_deleted
            and coalesce(plans.tier in ('individual', 'professional', 'enterprise'), false)
            and coalesce(plans.status in ('active', 'past_due'), false) as is_paid_plan,
            plans.is_deleted,
            known.known_since,
            plans.load_id,
            plans.observed_at
        from plans
        inner join known on plans.user_id = known.user_id
    )

select *
from shaped

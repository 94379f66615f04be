with
    subscriptions as (
        select * from {{ ref("stg_character_studio__subscription_observations") }} where user_id is not null
    ),

    moments as (select distinct user_id, load_id, observed_at from subscriptions),

    -- a state of a row holds from the load that found it to the row's next one
    states as (
        select
            * exclude (load_id, observed_at),
            coalesce(tier, 'free') as plan_tier,
            load_id as found_load_id,
            lead(load_id) over (partition by subscription_id order by load_id) as next_load_id
        from subscriptions
    ),

    seen as (
        select states.*, moments.load_id, moments.observed_at
        from moments
        inner join
            states
            on moments.user_id = states.user_id
            and moments.load_id >= states.found_load_id
            and coalesce(moments.load_id < states.next_load_id, true)
    ),

    -- a user has several rows: a change of plan marks the old one cancelled, and the new one says what the user has
    decisive as (
        select *
        from seen
        qualify
            row_number() over (
                partition by user_id, load_id
                order by
                    is_deleted,
                    case when is_deleted then found_load_id end desc,
                    case
                        when plan_tier <> 'free' and subscription_status = 'active'
                        then 1
                        when plan_tier <> 'free' and subscription_status = 'past_due'
                        then 2
                        else 3
                    end,
                    created_at desc nulls last,
                    coalesce(subscription_status = 'active', false) desc,
                    subscription_id desc
            )
            = 1
    ),

    shaped as (
        select
            {{ platform_key("character_studio", "user_id") }} as user_key,
            'character_studio' as platform,
            plan_tier,
            case
                when subscription_status in ('active', 'past_due', 'cancelled', 'expired')
                then subscription_status
                else 'other'
            end as plan_status,
            plan_tier <> 'free'
            and coalesce(subscription_status in ('active', 'past_due'), false)
            and not is_deleted as is_paid_plan,
            is_deleted,
            first_value(created_at) over (partition by user_id order by load_id) as known_since,
            load_id,
            observed_at
        from decisive
    )

select *
from shaped

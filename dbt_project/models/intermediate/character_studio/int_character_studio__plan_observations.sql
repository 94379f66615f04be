with
    subscriptions as (
        select *, min(load_id) over (partition by user_id) as first_load_id
        from {{ ref("stg_character_studio__subscription_observations") }}
        where user_id is not null
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

    -- Rows of older plans stay, so the first load of a user tells the plans of before too. A row was active from its
    -- creation to its end; one that ended nobody knows when has its last status from its creation.
    first_rows as (
        select
            *,
            coalesce(tier, 'free') as plan_tier,
            case
                subscription_status
                when 'cancelled'
                then greatest(created_at, coalesce(cancelled_at, expired_at, period_ends_at))
                when 'expired'
                then greatest(created_at, coalesce(expired_at, period_ends_at, cancelled_at))
            end as ended_at
        from subscriptions
        where load_id = first_load_id and not is_deleted and created_at < observed_at
    ),

    past_moments as (
        select user_id, created_at as happened_at
        from first_rows
        union
        select user_id, ended_at
        from first_rows
        where ended_at < observed_at
    ),

    past as (
        select
            first_rows.* exclude (subscription_status, observed_at, ended_at),
            first_rows.load_id as found_load_id,
            case
                when past_moments.happened_at < first_rows.ended_at then 'active' else first_rows.subscription_status
            end as subscription_status,
            past_moments.happened_at as observed_at,
            past_moments.happened_at
        from past_moments
        inner join
            first_rows
            on past_moments.user_id = first_rows.user_id
            and past_moments.happened_at >= first_rows.created_at
    ),

    told as (
        select *
        from seen
        union all by name
        select *
        from past
    ),

    -- a user has several rows: a change of plan marks the old one cancelled, and the new one says what the user has
    decisive as (
        select *
        from told
        qualify
            row_number() over (
                partition by user_id, load_id, observed_at
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
            coalesce(
                happened_at, first_value(created_at) over (partition by user_id order by load_id, observed_at)
            ) as known_since,
            load_id,
            observed_at
        from decisive
    )

select *
from shaped

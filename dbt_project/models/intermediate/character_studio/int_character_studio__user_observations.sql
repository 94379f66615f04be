with
    users as (select * from {{ ref("stg_character_studio__user_observations") }}),

    wallets as (select * from {{ ref("stg_character_studio__wallet_observations") }}),

    -- where a user's row of credits is replaced, the one that is there counts
    balances as (
        select *
        from wallets
        qualify row_number() over (partition by user_id, load_id order by is_deleted, created_at desc, wallet_id) = 1
    ),

    -- an account may change with each of its own states and, while it is there, each state of its credits
    moments as (
        select user_id, load_id, observed_at
        from users
        union
        select user_id, load_id, observed_at
        from balances
    ),

    states as (
        select users.* exclude (load_id, observed_at), moments.load_id, moments.observed_at
        from moments
        asof inner join users on moments.user_id = users.user_id and moments.load_id >= users.load_id
        where moments.load_id = users.load_id or not users.is_deleted
    ),

    shaped as (
        select
            {{ platform_key("character_studio", "states.user_id") }} as user_key,
            'character_studio' as platform,
            states.user_id,
            case when states.role = 'admin' then 'internal' else 'direct' end as user_type,
            states.role,
            states.signup_source,
            states.country_code,
            balances.credits_balance,
            states.is_deleted,
            min(states.created_at) over (partition by states.user_id) as known_since,
            states.load_id,
            states.observed_at
        from states
        asof left join balances on states.user_id = balances.user_id and states.load_id >= balances.load_id
    )

select *
from shaped

with
    unioned as ({{ union_systems("user_observations") }}),

    balances as (select * replace (coalesce(credits_balance, 0)::bigint as credits_balance) from unioned),

    stretches as (
        {{ constant_stretches("balances", key="user_key", attributes=["user_type", "is_deleted", "credits_balance"]) }}
    )

select *
from stretches

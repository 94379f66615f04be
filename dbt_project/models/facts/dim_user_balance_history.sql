with
    unioned as ({{ union_systems("user_observations") }}),

    -- an account without a balance has none, but where nobody holds credits there is nothing to have
    balances as (
        select
            * replace (
                case
                    when platform in ('{{ var("credit_platforms") | join("', '") }}') then coalesce(credits_balance, 0)
                end::bigint as credits_balance
            )
        from unioned
    ),

    stretches as (
        {{ constant_stretches("balances", key="user_key", attributes=["user_type", "is_deleted", "credits_balance"]) }}
    )

select *
from stretches

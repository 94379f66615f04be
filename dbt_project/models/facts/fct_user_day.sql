{{ config(materialized="incremental", unique_key="reporting_date") }}

with
    generations as (select * from {{ ref("fct_generations") }} where {{ is_touched() }}),

    requests as (select * from {{ ref("fct_api_requests") }} where {{ is_touched() }}),

    payments as (select * from {{ ref("fct_payments") }} where {{ is_touched() }}),

    {{ touched_rows("user_actions", "acted_at") }},

    {{ touched_rows("credit_uses", "used_at", prefix="spent_") }},

    activity as (
        select
            user_key,
            platform,
            reporting_date,
            is_success::integer as generations,
            (not is_success)::integer as attempts
        from generations
        union all by name
        select user_key, platform, reporting_date, 1 as requests, is_success::integer as successful_requests
        from requests
        where is_metered
        union all by name
        select
            user_key,
            platform,
            reporting_date,
            1 as payments,
            (payment_purpose <> 'subscription')::integer as purchases,
            amount,
            credits_purchased as credits
        from payments
        where not is_duplicate
        union all by name
        select
            user_key,
            platform,
            reporting_date,
            (action_type = 'attempt')::integer as attempts,
            (action_type in ('action', 'refusal'))::integer as actions,
            (action_type = 'session')::integer as sessions
        from touched
        union all by name
        select user_key, platform, reporting_date, credits_used
        from spent_touched
    ),

    user_days as (
        select
            user_key,
            platform,
            reporting_date,
            coalesce(sum(generations), 0)::bigint as generations_count,
            coalesce(sum(attempts), 0)::bigint as attempts_count,
            coalesce(sum(requests), 0)::bigint as requests_count,
            coalesce(sum(successful_requests), 0)::bigint as successful_requests_count,
            coalesce(sum(actions), 0)::bigint as actions_count,
            coalesce(sum(sessions), 0)::bigint as sessions_count,
            case when platform in {{ feeding("credit_uses") }} then coalesce(sum(credits_used), 0) end::bigint
            as credits_used,
            coalesce(sum(payments), 0)::bigint as payments_count,
            coalesce(sum(purchases), 0) as purchases_count,
            coalesce(sum(amount), 0)::decimal(18, 2) as payments_amount,
            coalesce(sum(credits), 0)::bigint as credits_purchased
        from activity
        where user_key is not null
        group by user_key, platform, reporting_date
    ),

    -- a subscription renews itself: nobody did anything
    flagged as (
        select
            * exclude (purchases_count),
            generations_count + attempts_count + requests_count + actions_count + sessions_count + purchases_count
            > 0 as is_active_any,
            generations_count + attempts_count > 0 as is_active_core,
            sessions_count > 0 as is_active_session,
            payments_count > 0 as is_active_paying
        from user_days
    )

select *
from flagged

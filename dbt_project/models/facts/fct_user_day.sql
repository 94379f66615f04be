{{ config(materialized="incremental", incremental_strategy="touched_days", unique_key="reporting_date") }}

with
    generations as (select * from {{ ref("fct_generations") }} where {{ is_touched() }}),

    payments as (select * from {{ ref("fct_payments") }} where {{ is_touched() }}),

    activity as (
        select
            user_key, platform, reporting_date, 1 as generations_count, 0 as payments_count, 0 as amount, 0 as credits
        from generations
        where user_key is not null
        union all
        select user_key, platform, reporting_date, 0, 1, amount, credits_purchased
        from payments
        where user_key is not null and not is_duplicate
    ),

    user_days as (
        select
            user_key,
            platform,
            reporting_date,
            sum(generations_count)::bigint as generations_count,
            sum(payments_count)::bigint as payments_count,
            coalesce(sum(amount), 0)::decimal(18, 2) as payments_amount,
            coalesce(sum(credits), 0)::bigint as credits_purchased,
            true as is_active_any,
            sum(generations_count) > 0 as is_active_core,
            sum(payments_count) > 0 as is_active_paying
        from activity
        group by user_key, platform, reporting_date
    )

select *
from user_days

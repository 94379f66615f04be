{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_marketing_engine", "user_subscriptions") }}),

    renamed as (
        select
            -- ids
            id::varchar as subscription_id,
            user_id::varchar as user_id,
            stripe_customer_id_hash as payment_customer_hash,
            stripe_subscription_id_hash as payment_subscription_hash,

            -- the plan
            lower(nullif(trim(plan_type), '')) as plan_type,
            nullif(trim(plan_name), '') as plan_name,
            is_active is not false as is_active,
            auto_renew,
            usage_alerts_enabled,

            -- limits: NULL is none, 0 is not allowed
            content_generations_limit::bigint as content_generations_limit,
            image_generations_limit::bigint as image_generations_limit,
            video_generations_limit::bigint as video_generations_limit,
            chat_messages_limit::bigint as chat_messages_limit,
            monthly_cost_limit::decimal(18, 2) as monthly_cost_limit_usd,

            -- counters
            content_generations_used::bigint as content_generations_used,
            image_generations_used::bigint as image_generations_used,
            video_generations_used::bigint as video_generations_used,
            chat_messages_used::bigint as chat_messages_used,
            current_month_cost::decimal(18, 6) as current_month_cost_usd,
            lifetime_cost::decimal(18, 6) as lifetime_cost_usd,

            -- timestamps
            billing_period_start,
            billing_period_end,
            last_reset_at,
            created_at,
            updated_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_custom_gpt", "subscriptions") }}),

    renamed as (
        select
            -- ids
            id::varchar as subscription_id,
            user_id::varchar as user_id,
            stripe_customer_id_hash,
            stripe_subscription_id_hash,

            -- what it is
            lower(nullif(trim(tier), '')) as tier,
            lower(nullif(trim(status), '')) as status,
            can_train_models,
            can_use_api,
            priority_support,

            -- limits: one schema version writes -1 for unlimited, the other NULL
            nullif(monthly_token_limit, -1)::bigint as monthly_token_limit,
            coalesce(monthly_token_limit, -1) = -1 as is_token_limit_unlimited,
            nullif(monthly_training_hours_limit, -1)::double as monthly_training_hours_limit,
            coalesce(monthly_training_hours_limit, -1) = -1 as is_training_hours_limit_unlimited,
            nullif(max_models, -1)::bigint as models_limit,
            coalesce(max_models, -1) = -1 as is_models_limit_unlimited,

            -- counters
            monthly_tokens_used::bigint as tokens_used_reported,
            monthly_training_hours_used::double as training_hours_used_reported,

            -- timestamps
            current_period_start as period_start_at,
            current_period_end as period_end_at,
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

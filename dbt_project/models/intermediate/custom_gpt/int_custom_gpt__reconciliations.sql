with
    model_observations as (select * from {{ ref("stg_custom_gpt__model_observations") }}),

    subscription_observations as (select * from {{ ref("stg_custom_gpt__subscription_observations") }}),

    usage_records as (select * from {{ ref("stg_custom_gpt__usage_records") }} where {{ is_past("created_at") }}),

    models as ({{ latest_observations("model_observations", "model_id") }}),

    subscriptions as ({{ latest_observations("subscription_observations", "subscription_id") }}),

    -- a training names the model that it makes, and does not use it
    counted_by_model as (
        select model_id, count(*) as uses_count
        from usage_records
        where operation_type in ('chat', 'inference')
        group by model_id
    ),

    counted_by_user as (
        select user_id, sum(tokens_used) as tokens_used, sum(compute_time_seconds) / 3600.0 as training_hours_used
        from usage_records
        group by user_id
    ),

    -- others use a public model too, and their records go when their accounts do: what is left can't be compared. Nor
    -- can a counter that has moved since the reported day
    model_counters as (
        select
            'models.total_inferences' as counter,
            models.model_id as entity_id,
            models.inferences_reported as reported,
            case when models.is_public is not true then coalesce(counted_by_model.uses_count, 0) end as counted
        from models
        left join counted_by_model on models.model_id = counted_by_model.model_id
        where
            not models.is_deleted
            and {{ is_past("models.created_at", unknown=true) }}
            and {{ is_past("models.updated_at", unknown=true) }}
    ),

    -- a user's plan goes with the user, so all records behind it are there. It has never been reset: a lifetime. Of two
    -- plans of a user the product may raise either
    plan_counters as (
        select
            subscriptions.user_id,
            sum(subscriptions.tokens_used_reported) as reported_tokens,
            sum(subscriptions.training_hours_used_reported) as reported_hours,
            coalesce(any_value(counted_by_user.tokens_used), 0) as counted_tokens,
            coalesce(any_value(counted_by_user.training_hours_used), 0) as counted_hours
        from subscriptions
        left join counted_by_user on subscriptions.user_id = counted_by_user.user_id
        where
            not subscriptions.is_deleted
            and subscriptions.user_id is not null
            and {{ is_past("subscriptions.created_at", unknown=true) }}
        group by subscriptions.user_id
        having bool_and({{ is_past("subscriptions.updated_at", unknown=true) }})
    ),

    -- the source adds up hours in seven digits: what it can't hold is no difference
    united as (
        select *
        from model_counters
        union all by name
        select
            'subscriptions.monthly_tokens_used' as counter,
            user_id as entity_id,
            reported_tokens as reported,
            counted_tokens as counted
        from plan_counters
        union all by name
        select
            'subscriptions.monthly_training_hours_used' as counter,
            user_id as entity_id,
            try_cast(reported_hours as decimal(18, 6)) as reported,
            try_cast(
                case
                    when abs(reported_hours - counted_hours) < 0.0001 * greatest(counted_hours, 1)
                    then reported_hours
                    else counted_hours
                end as decimal(18, 6)
            ) as counted
        from plan_counters
    ),

    -- a counter that the deployment does not have, or that is too large to be one, says nothing
    shaped as (
        select
            {{ platform_key("custom_gpt", "counter || ':' || entity_id || ':lifetime'") }} as reconciliation_key,
            'custom_gpt' as platform,
            counter,
            {{ platform_key("custom_gpt", "entity_id") }} as entity_key,
            'lifetime' as period_type,
            try_cast(reported as decimal(18, 6)) as reported_value,
            try_cast(counted as decimal(18, 6)) as counted_value
        from united
        where try_cast(reported as decimal(18, 6)) is not null
    )

select *
from shaped

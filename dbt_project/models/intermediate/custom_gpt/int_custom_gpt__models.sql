with
    model_observations as (select * from {{ ref("stg_custom_gpt__model_observations") }}),

    latest as ({{ latest_observations("model_observations", "model_id") }}),

    -- NaN, which the source's numbers can be, is no value
    shaped as (
        select
            {{ platform_key("custom_gpt", "model_id") }} as model_key,
            'custom_gpt' as platform,
            model_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            case
                when model_type in ('base', 'fine_tuned', 'adapter')
                then model_type
                when model_type is not null
                then 'other'
            end as model_kind,
            base_model,
            model_status,
            model_version,
            is_deployed,
            is_public,
            case when training_accuracy between 0 and 1 then training_accuracy end as training_accuracy,
            case when validation_accuracy between 0 and 1 then validation_accuracy end as validation_accuracy,
            case when isfinite(training_loss) then training_loss end as training_loss,
            case when isfinite(validation_loss) then validation_loss end as validation_loss,
            inferences_reported,
            created_at,
            last_used_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

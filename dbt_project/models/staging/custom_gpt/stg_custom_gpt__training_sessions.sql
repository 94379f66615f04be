with
    source as (select * from {{ source("raw_custom_gpt", "training_sessions") }}),

    renamed as (
        select
            -- ids
            id::varchar as training_session_id,
            user_id::varchar as user_id,
            dataset_id::varchar as dataset_id,

            -- what it is
            lower(nullif(trim(base_model), '')) as base_model,
            lower(nullif(trim(status), '')) as status,

            -- measures
            progress_percentage::double as progress_pct,
            current_epoch::bigint as epochs_completed_count,
            total_epochs::bigint as epochs_count,
            final_loss::double as final_loss,
            final_accuracy::double as final_accuracy,
            gpu_hours_used::double as gpu_hours_used,
            compute_cost::decimal(18, 6) as compute_cost_usd,

            -- timestamps
            started_at,
            completed_at,
            estimated_completion as estimated_end_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

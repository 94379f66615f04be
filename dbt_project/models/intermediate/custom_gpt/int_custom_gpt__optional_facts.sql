with
    source_columns as (select * from {{ source("meta", "source_columns") }} where system = 'custom_gpt'),

    -- what custom_gpt may lack, and the facts that need it
    needed as (
        select
            unnest(['datasets', 'trainings', 'audit', 'requests', 'ratings']) as fact_name,
            unnest(['datasets', 'training_sessions', 'audit_logs', 'api_request_log', 'model_ratings']) as table_name
    ),

    shaped as (
        select
            'custom_gpt' as platform,
            needed.fact_name,
            coalesce(bool_or(source_columns.is_present), false) as is_present
        from needed
        left join source_columns on needed.table_name = source_columns.table_name
        group by needed.fact_name
    )

select *
from shaped

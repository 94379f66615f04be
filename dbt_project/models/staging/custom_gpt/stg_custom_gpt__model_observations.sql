{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_custom_gpt", "models") }}),

    renamed as (
        select
            -- ids: numbers in one schema version, uuids in the other
            id::varchar as model_id,
            user_id::varchar as user_id,
            training_session_id::varchar as training_session_id,
            dataset_id::varchar as dataset_id,

            -- what it is
            lower(nullif(trim(status), '')) as model_status,
            lower(nullif(trim(model_type), '')) as model_type,
            lower(nullif(trim(base_model), '')) as base_model,
            nullif(trim(version), '') as model_version,
            is_deployed,
            is_public,

            -- quality
            training_accuracy::double as training_accuracy,
            validation_accuracy::double as validation_accuracy,
            training_loss::double as training_loss,
            validation_loss::double as validation_loss,

            -- counters
            total_inferences::bigint as inferences_reported,

            -- timestamps
            last_used_at,
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

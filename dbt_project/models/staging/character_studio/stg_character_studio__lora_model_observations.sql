{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_character_studio", "lora_models") }}),

    renamed as (
        select
            -- ids
            id::varchar as lora_model_id,
            character_id::varchar as character_id,
            user_id::varchar as user_id,

            -- what is trained
            lower(nullif(trim(type), '')) as model_type,
            lower(nullif(trim(status), '')) as model_status,
            lower(nullif(trim(training_model), '')) as base_model,
            training_steps::bigint as training_steps,
            training_duration_ms::bigint as training_duration_ms,
            retry_count::bigint as retry_count,

            -- cost and credits: the source counts US cents
            (training_cost * 0.01)::decimal(18, 6) as training_cost_usd,
            credits_charged::bigint as credits_charged,
            credits_refunded::bigint as credits_refunded,

            -- timestamps
            training_started_at,
            training_completed_at,
            expires_at,
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

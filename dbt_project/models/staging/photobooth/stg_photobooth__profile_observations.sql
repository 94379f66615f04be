{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_photobooth", "profiles") }}),

    renamed as (
        select
            -- ids
            id::varchar as profile_id,
            email_hash,
            referred_by::varchar as referred_by_profile_id,

            -- what it is
            lower(nullif(trim(role), '')) as role,
            is_master,

            -- counters
            credits::bigint as credits_balance,
            total_generations::bigint as generations_reported,

            -- timestamps
            created_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

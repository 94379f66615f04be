{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_custom_gpt", "users") }}),

    renamed as (
        select
            -- ids
            id::varchar as user_id,
            email_hash,
            oauth_id_hash,

            -- what it is
            lower(nullif(trim(oauth_provider), '')) as oauth_provider,
            is_active is not false as is_active,
            is_verified,

            -- counters
            failed_login_attempts::bigint as failed_login_attempts,

            -- timestamps
            email_verified_at,
            last_login_at,
            locked_until,
            api_key_created_at,
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

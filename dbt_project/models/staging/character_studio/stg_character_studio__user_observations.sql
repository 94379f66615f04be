{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_character_studio", "users") }}),

    renamed as (
        select
            -- ids
            id::varchar as user_id,
            email_hash,

            -- who it is
            lower(nullif(trim(role), '')) as role,
            coalesce(is_email_verified, false) as is_email_verified,
            coalesce(banned, false) as is_banned,
            lower(nullif(trim(signup_source), '')) as signup_source,
            upper(nullif(trim(country_code), '')) as country_code,

            -- timestamps
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

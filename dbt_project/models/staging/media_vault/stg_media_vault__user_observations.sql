{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_media_vault", "users") }}),

    renamed as (
        select
            -- ids
            id::varchar as user_id,
            email_hash,
            referral_code,
            referred_by::varchar as referred_by_user_id,

            -- what it is
            lower(nullif(trim(role), '')) as role,
            lower(nullif(trim(content_role), '')) as content_role,
            is_active is not false as is_active,
            coalesce(age_verified, false) as is_age_verified,
            coalesce(onboarding_completed, false) as is_onboarded,

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

{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_photobooth", "partners") }}),

    renamed as (
        select
            -- ids
            id::varchar as partner_id,
            user_id::varchar as profile_id,
            contact_email_hash as email_hash,

            -- what it is: three generations of the same label
            coalesce(
                nullif(trim(company_name), ''), nullif(trim(business_name), ''), nullif(trim(name), '')
            ) as partner_name,
            is_active is not false as is_active,

            -- counters
            coalesce(credits_total, 0)::bigint as credits_total,
            coalesce(credits_used, 0)::bigint as credits_allocated,

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

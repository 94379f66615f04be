{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_marketing_engine", "users") }}),

    renamed as (
        select
            -- ids
            id::varchar as user_id,
            email_hash,

            -- timestamps
            created_at,
            last_sign_in_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

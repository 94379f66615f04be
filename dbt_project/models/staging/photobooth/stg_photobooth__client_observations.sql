{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_photobooth", "clients") }}),

    renamed as (
        select
            -- ids
            id::varchar as client_id,
            partner_id::varchar as partner_id,

            -- counters
            coalesce(credits_total, 0)::bigint as credits_total,

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

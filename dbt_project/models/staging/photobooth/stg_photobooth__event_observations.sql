{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_photobooth", "events") }}),

    renamed as (
        select
            -- ids
            id::varchar as event_id,
            partner_id::varchar as partner_id,
            client_id::varchar as client_id,

            -- what it is
            lower(nullif(trim(event_type), '')) as event_type,
            is_active is not false as is_active,

            -- counters
            coalesce(credits_allocated, 0)::bigint as credits_allocated,
            coalesce(credits_used, 0)::bigint as credits_used,

            -- timestamps
            start_date as starts_at,
            end_date as ends_at,
            created_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_marketing_engine", "campaigns") }}),

    renamed as (
        select
            -- ids
            id::varchar as campaign_id,
            user_id::varchar as user_id,

            -- what it is
            nullif(trim(name), '') as campaign_name,
            lower(nullif(trim(status), '')) as campaign_status,
            tags,

            -- counters
            total_cost::decimal(18, 6) as total_cost_usd,
            total_generations::bigint as total_generations,

            -- timestamps: most writers forget the second
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

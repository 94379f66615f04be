{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_media_vault", "user_credits") }}),

    renamed as (
        select
            -- ids
            user_id::varchar as user_id,

            -- what it is
            lower(nullif(trim(tier), '')) as plan_tier,

            -- credits
            balance::bigint as credits_balance,
            monthly_allocation::bigint as monthly_credits,
            total_earned::bigint as credits_earned,
            total_spent::bigint as credits_spent,

            -- timestamps
            next_refresh_at,
            updated_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

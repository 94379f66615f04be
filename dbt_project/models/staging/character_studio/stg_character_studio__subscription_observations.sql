{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_character_studio", "subscriptions") }}),

    renamed as (
        select
            -- ids
            id::varchar as subscription_id,
            user_id::varchar as user_id,
            finby_subscription_id_hash as external_subscription_hash,

            -- what is subscribed
            lower(nullif(trim(tier), '')) as tier,
            lower(nullif(trim(status), '')) as subscription_status,
            coalesce(cancel_at_period_end, false) as is_cancelled_at_period_end,

            -- timestamps
            current_period_start as period_starts_at,
            current_period_end as period_ends_at,
            expired_at,
            cancelled_at,
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

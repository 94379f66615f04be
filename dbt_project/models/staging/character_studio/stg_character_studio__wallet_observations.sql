{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_character_studio", "user_credits") }}),

    renamed as (
        select
            -- ids
            id::varchar as wallet_id,
            user_id::varchar as user_id,

            -- counters
            balance::bigint as credits_balance,
            total_earned::bigint as credits_earned_reported,
            total_spent::bigint as credits_spent_reported,

            -- timestamps
            low_balance_warning_shown as low_balance_warned_at,
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

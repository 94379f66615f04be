with
    source as (select * from {{ source("raw_media_vault", "referrals") }}),

    renamed as (
        select
            -- ids
            id::varchar as referral_id,
            referrer_id::varchar as referrer_user_id,
            referee_id::varchar as referee_user_id,
            referral_code,

            -- what it is
            lower(nullif(trim(source), '')) as referral_source,

            -- credits
            referrer_credits::bigint as referrer_credits,
            referee_credits::bigint as referee_credits,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

with
    referrals as (select * from {{ ref("stg_media_vault__referrals") }}),

    shaped as (
        select
            {{ platform_key("media_vault", "referral_id") }} as referral_key,
            'media_vault' as platform,
            referral_id,
            {{ platform_key("media_vault", "referrer_user_id") }} as referrer_user_key,
            {{ platform_key("media_vault", "referee_user_id") }} as referee_user_key,
            referral_source,
            referrer_credits,
            referee_credits,
            created_at as referred_at
        from referrals
    )

select *
from shaped

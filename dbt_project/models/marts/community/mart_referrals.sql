{#- how long after the sign-up an act makes a referral a success, and how long ago an act is recent -#}
{%- set conversion_days, recent_days = 30, 30 %}

with
    referrals as (select * from {{ ref("fct_referrals") }}),

    users as (select * from {{ ref("dim_user") }}),

    user_days as (select user_key, reporting_date from {{ ref("fct_user_day") }} where is_active_any),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- where a platform keeps no referrals, its accounts say who referred them
    united as (
        select
            referral_key,
            platform,
            referrer_user_key,
            referee_user_key,
            referral_source,
            referrer_credits,
            referee_credits,
            referred_at,
            reporting_date as referred_date
        from referrals
        union all by name
        select
            user_key as referral_key,
            platform,
            referred_by_user_key as referrer_user_key,
            user_key as referee_user_key,
            signed_up_at as referred_at,
            signup_date as referred_date
        from users
        where referred_by_user_key is not null and platform not in {{ feeding("referrals") }}
    ),

    dated as (
        select united.*, coalesce(users.signup_date, united.referred_date) as signup_date
        from united
        left join users on united.referee_user_key = users.user_key
        where not coalesce(users.is_internal, false)
    ),

    -- a referral is no act, so whatever a user did is something else
    acted as (
        select
            dated.referral_key,
            max(user_days.reporting_date) as last_active_date,
            bool_or(
                user_days.reporting_date between dated.signup_date and dated.signup_date + {{ conversion_days }}
            ) as has_converted
        from dated
        inner join user_days on dated.referee_user_key = user_days.user_key
        group by dated.referral_key
    ),

    shown as (
        select
            dated.referral_key,
            dated.platform,
            dated.referrer_user_key,
            dated.referee_user_key,
            dated.referral_source,
            dated.referrer_credits,
            dated.referee_credits,
            dated.referred_at,
            dated.referred_date,
            dated.signup_date,
            acted.last_active_date,
            coalesce(acted.last_active_date > reported.last_day - {{ recent_days }}, false) as is_active,
            coalesce(dated.signup_date + {{ conversion_days }} <= reported.last_day, false) as is_mature,
            case
                when dated.signup_date + {{ conversion_days }} <= reported.last_day
                then coalesce(acted.has_converted, false)
            end as is_converted,
            case
                when dated.signup_date is null
                then 'no_signup_date'
                when dated.signup_date + {{ conversion_days }} > reported.last_day
                then 'not_mature'
            end as null_reason
        from dated
        cross join reported
        left join acted on dated.referral_key = acted.referral_key
    )

select *
from shown

with
    referrals as (select * from {{ ref("mart_referrals") }}),

    platforms as (
        select *
        from {{ ref("dim_platform") }}
        where platform in {{ feeding("referrals") }} or platform in (select platform from referrals)
    ),

    -- a referral without a day, or before the first reported month, is in all only
    grouped as (select *, unnest(['all', strftime(referred_date, '%Y-%m')]) as month_or_all from referrals),

    counted as (
        select
            platform,
            month_or_all,
            count(*) as referrals_count,
            count(distinct referrer_user_key) as referrers_count,
            count(*) filter (is_active) as active_count,
            count(*) filter (is_mature) as mature_count,
            count(*) filter (is_converted) as converted_count,
            sum(referrer_credits)::bigint as credits_earned
        from grouped
        group by platform, month_or_all
    ),

    frame as ({{ months_and_all("platforms") }}),

    filled as (
        select
            platform,
            month_or_all,
            frame.month_start_date,
            frame.is_complete,
            {% for count in ["referrals", "referrers", "active", "mature", "converted"] %}
                coalesce(counted.{{ count }}_count, 0) as {{ count }}_count,
            {% endfor %}
            case
                when platform in {{ feeding("referrals") }} then coalesce(counted.credits_earned, 0)
            end as credits_earned
        from frame
        left join counted using (platform, month_or_all)
    ),

    rated as (
        select
            *,
            {{ ratio("converted_count", "mature_count") }} as conversion_rate,
            case
                when mature_count = 0 and referrals_count > 0
                then 'not_mature'
                when mature_count = 0
                then 'zero_denominator'
            end as null_reason,
            {{ ratio("active_count", "referrals_count") }} as active_rate,
            case when referrals_count = 0 then 'zero_denominator' end as active_null_reason,
            case when credits_earned is null then 'no_source' end as credits_null_reason
        from filled
    )

select *
from rated

with
    prices as (select * from {{ ref("plan_prices") }}),

    plans as (select * from {{ ref("dim_user_plan_history") }} where plan_tier is not null),

    platforms as (select platform from {{ ref("dim_platform") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- the price on the last reported day
    listed as (
        select prices.*
        from prices
        semi join platforms on prices.platform = platforms.platform
        cross join reported
        where prices.valid_from_date <= reported.last_day
        qualify
            row_number() over (partition by prices.platform, prices.plan_tier order by prices.valid_from_date desc) = 1
    ),

    held as (select platform, plan_tier, bool_or(is_paid_plan) as is_paid from plans group by platform, plan_tier),

    shown as (
        select
            platform || ':' || plan_tier as plan_key,
            platform,
            plan_tier,
            listed.platform is not null as is_listed,
            listed.plan_rank,
            coalesce(listed.is_paid, held.is_paid) as is_paid,
            listed.monthly_price,
            listed.yearly_price,
            listed.currency,
            listed.monthly_allowance,
            listed.allowance_unit,
            listed.is_unlimited,
            listed.valid_from_date
        from listed
        full join held using (platform, plan_tier)
    )

select *
from shown

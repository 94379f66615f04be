with
    stretches as (select * from {{ ref("plan_stretches") }}),

    users as (select * from {{ ref("dim_user") }} where not is_internal),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("plan_observations") }}),

    dates as (select date_day, month_start_date, is_month_complete from {{ ref("dim_date") }} where is_complete),

    months as (select distinct month_start_date, is_month_complete as is_complete from dates),

    first_looks as ({{ first_looks() }}),

    changes as (
        select
            stretches.platform,
            dates.month_start_date,
            unnest(['all', stretches.previous_tier]) as from_tier,
            unnest(['all', stretches.plan_tier]) as to_tier,
            stretches.user_key
        from stretches
        inner join dates on stretches.valid_from_date = dates.date_day
        where stretches.plan_tier <> stretches.previous_tier
    ),

    counted as (
        select platform, month_start_date, from_tier, to_tier, count(distinct user_key) as users_count
        from changes
        group by platform, month_start_date, from_tier, to_tier
    ),

    first_paid as (
        select platform, min(valid_from_date) as paid_from_date
        from stretches
        where is_paid_plan
        group by platform, user_key
    ),

    conversions as (
        select first_paid.platform, dates.month_start_date, count(*) as free_to_paid_count
        from first_paid
        inner join dates on first_paid.paid_from_date = dates.date_day
        group by first_paid.platform, dates.month_start_date
    ),

    -- who is there without a paid plan: a sign-up counts in its month, all else from the first month that begins
    -- after it
    moves as (
        select platform, date_trunc('month', signup_date)::date as month_start_date, 1 as users
        from users
        union all
        select platform, (date_trunc('month', deleted_date) + interval 1 month)::date, -1
        from users
        where deleted_date is not null
        union all
        select platform, (date_trunc('month', valid_from_date) + interval 1 month)::date, -1
        from stretches
        where is_paid_plan
        union all
        select platform, (date_trunc('month', valid_to_date) + interval 1 month)::date, 1
        from stretches
        where is_paid_plan and valid_to_date is not null
    ),

    -- what came before the first month, or has no day, begins with it
    monthly_moves as (
        select
            platform,
            greatest(month_start_date, (select min(month_start_date) from months)) as month_start_date,
            sum(users) as users
        from moves
        group by all
    ),

    totals as (
        select
            platforms.platform,
            months.month_start_date,
            months.is_complete,
            'all' as from_tier,
            'all' as to_tier,
            coalesce(conversions.free_to_paid_count, 0) as free_to_paid_count,
            coalesce(
                sum(monthly_moves.users) over (partition by platforms.platform order by months.month_start_date), 0
            )::bigint as unpaid_users_count,
            coalesce(months.month_start_date > first_looks.first_look, false) as is_observed
        from platforms
        cross join months
        left join monthly_moves using (platform, month_start_date)
        left join conversions using (platform, month_start_date)
        left join first_looks using (platform)
    ),

    shown as (
        select
            totals.* exclude (is_observed),
            coalesce(counted.users_count, 0) as users_count,
            case when is_observed then {{ ratio("free_to_paid_count", "unpaid_users_count") }} end as free_to_paid_rate,
            case
                when not is_observed then 'not_observed' when unpaid_users_count = 0 then 'zero_denominator'
            end as null_reason
        from totals
        left join counted using (platform, month_start_date, from_tier, to_tier)
        union all by name
        select counted.*, months.is_complete, 'only_of_all' as null_reason
        from counted
        inner join months using (month_start_date)
        where counted.from_tier <> 'all'
    )

select *
from shown

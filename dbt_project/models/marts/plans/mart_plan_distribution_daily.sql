with
    stretches as (select * from {{ ref("plan_stretches") }}),

    plans as (select platform, plan_tier, plan_rank from {{ ref("dim_plan") }}),

    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    reported as (select min(date_day) as first_day from dates),

    first_looks as ({{ first_looks() }}),

    -- who had a plan before the first reported day begins with it, and came before
    changes as (
        select
            platform,
            plan_tier,
            plan_status,
            greatest(valid_from_date, first_day) as date_day,
            1 as users,
            is_paid_plan::integer as paid_users,
            (is_entry and valid_from_date >= first_day)::integer as came,
            0 as went
        from stretches
        cross join reported
        union all
        select
            platform,
            plan_tier,
            plan_status,
            greatest(valid_to_date, first_day),
            -1,
            - is_paid_plan::integer,
            0,
            (is_exit and valid_to_date >= first_day)::integer
        from stretches
        cross join reported
        where valid_to_date is not null
    ),

    daily_changes as (
        select
            platform,
            plan_tier,
            plan_status,
            date_day,
            sum(users) as users,
            sum(paid_users) as paid_users,
            sum(came) as came,
            sum(went) as went
        from changes
        group by platform, plan_tier, plan_status, date_day
    ),

    frame as (
        select had.platform, had.plan_tier, had.plan_status, dates.date_day
        from (select distinct platform, plan_tier, plan_status from stretches) as had
        cross join dates
    ),

    counted as (
        select
            platform,
            date_day,
            plan_tier,
            plan_status,
            coalesce(sum(daily_changes.users) over by_day, 0)::bigint as users_count,
            coalesce(sum(daily_changes.paid_users) over by_day, 0)::bigint as paid_users_count,
            coalesce(daily_changes.came, 0)::bigint as users_came_count,
            coalesce(daily_changes.went, 0)::bigint as users_left_count
        from frame
        left join daily_changes using (platform, plan_tier, plan_status, date_day)
        window by_day as (partition by platform, plan_tier, plan_status order by date_day)
    ),

    shown as (
        select
            counted.platform,
            counted.date_day,
            counted.plan_tier,
            counted.plan_status,
            plans.plan_rank,
            coalesce(counted.date_day >= first_looks.first_look, false) as is_observed,
            counted.users_count,
            counted.paid_users_count,
            counted.users_came_count,
            counted.users_left_count,
            sum(counted.users_count) over by_platform::bigint as platform_users_count,
            {{ ratio("counted.users_count", "sum(counted.users_count) over by_platform", 100) }} as users_share_pct,
            case when sum(counted.users_count) over by_platform = 0 then 'zero_denominator' end as null_reason
        from counted
        left join plans on counted.platform = plans.platform and counted.plan_tier = plans.plan_tier
        left join first_looks on counted.platform = first_looks.platform
        window by_platform as (partition by counted.platform, counted.date_day)
    )

select *
from shown

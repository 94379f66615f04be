with
    activity as (select * from {{ ref("fct_activity") }}),

    checks as (select * from {{ ref("fct_uptime_checks") }} where is_up is not null),

    users as (select user_key, user_type from {{ ref("dim_user") }}),

    reported as (
        select max(date_day) - {{ var("log_days") }} as before_first_day from {{ ref("dim_date") }} where is_complete
    ),

    -- an entry names the account that acted; without one it was the system, which neither logs in nor is refused
    logged as (
        select
            activity.activity_key,
            activity.platform,
            activity.occurred_at,
            activity.reporting_date,
            case
                when activity.user_key is not null
                then coalesce(users.user_type, 'other')
                when not activity.is_refused and activity.action <> 'login'
                then 'system'
                when activity.partner_key is not null
                then 'partner'
                else 'other'
            end as actor_type,
            activity.action,
            activity.is_refused,
            activity.user_key,
            activity.partner_key,
            activity.event_key,
            activity.api_cost_usd
        from activity
        cross join reported
        left join users on activity.user_key = users.user_key
        where activity.reporting_date > reported.before_first_day
    ),

    recent_checks as (
        select
            checks.*,
            lag(is_up) over (partition by checks.platform, component order by checked_at, uptime_check_key) as was_up
        from checks
        cross join reported
        -- the day before the first one says in which state that begins
        where checks.reporting_date >= reported.before_first_day
    ),

    changes as (
        select
            'probe:' || uptime_check_key as activity_key,
            recent_checks.platform,
            checked_at as occurred_at,
            reporting_date,
            'system' as actor_type,
            case when is_up then 'component_up' else 'component_down' end as action,
            false as is_refused,
            component
        from recent_checks
        cross join reported
        where reporting_date > reported.before_first_day and is_up <> coalesce(was_up, true)
    ),

    united as (
        select *
        from logged
        union all by name
        select *
        from changes
    )

select *
from united

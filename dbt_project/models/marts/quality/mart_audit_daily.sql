with
    audit as (select * from {{ ref("fct_audit") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("audit") }}),

    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    grouped as (
        select
            platform, reporting_date as date_day, unnest(['all', audit_action]) as action, actor_key, audit_is_success
        from audit
    ),

    counted as (
        select
            platform,
            date_day,
            action,
            count(*) as acts_count,
            count(distinct actor_key) as actors_count,
            count(*) filter (not audit_is_success) as refused_count
        from grouped
        group by platform, date_day, action
    ),

    -- a row of every action on every day would be mostly zeros
    frame as (
        select platforms.platform, dates.date_day, 'all' as action
        from platforms
        cross join dates
        union all
        select counted.platform, counted.date_day, counted.action
        from counted
        inner join dates using (date_day)
        where counted.action <> 'all'
    ),

    shown as (
        select
            platform,
            date_day,
            action,
            coalesce(acts_count, 0) as acts_count,
            coalesce(actors_count, 0) as actors_count,
            coalesce(refused_count, 0) as refused_count
        from frame
        left join counted using (platform, date_day, action)
    )

select *
from shown

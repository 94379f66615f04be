with
    tickets as (select * from {{ ref("fct_tickets") }}),

    platforms as (select distinct platform from tickets),

    kinds as (select distinct platform, ticket_kind from tickets),

    grouped as (select *, unnest(['all', strftime(reporting_date, '%Y-%m')]) as month_or_all from tickets),

    counted as (
        select
            platform,
            ticket_kind,
            month_or_all,
            count(*) as opened_count,
            count(*) filter (is_open) as still_open_count,
            count(distinct user_key) as users_count,
            count(decided_at) as decided_count,
            median({{ elapsed_ms("opened_at", "decided_at") }}) as decision_ms_median,
            min(opened_at) filter (is_open) as oldest_open_at
        from grouped
        group by platform, ticket_kind, month_or_all
    ),

    frame as ({{ months_and_all("platforms") }}),

    shown as (
        select
            platform,
            ticket_kind,
            month_or_all,
            frame.month_start_date,
            frame.is_complete,
            coalesce(counted.opened_count, 0) as opened_count,
            coalesce(counted.still_open_count, 0) as still_open_count,
            coalesce(counted.users_count, 0) as users_count,
            coalesce(counted.decided_count, 0) as decided_count,
            {{ ratio("counted.decision_ms_median", 3600000, digits=2) }} as decision_hours_median,
            case when counted.decision_ms_median is null then 'no_rows' end as null_reason,
            counted.oldest_open_at
        from frame
        inner join kinds using (platform)
        left join counted using (platform, ticket_kind, month_or_all)
    )

select *
from shown

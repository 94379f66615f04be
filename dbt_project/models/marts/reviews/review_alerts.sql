{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    alerts as (select * from {{ ref("mart_alerts") }}),

    -- every morning each alert that is open or was opened
    of_the_day as (
        select
            alerts.platform,
            periods.pack,
            'alerts' as section,
            alerts.alert_key as item_key,
            alerts.rule_title as item_title,
            alerts.value,
            alerts.unit,
            case alerts.severity when 'critical' then 0 when 'warning' then 10 else 20 end
            + case when alerts.is_open then 0 else 1 end as sort_value,
            case when alerts.is_open then 'open since ' else 'opened on ' end
            || alerts.opened_date
            || ': '
            || alerts.evidence as look_at,
            alerts.recommended_action,
            alerts.owner
        from alerts
        inner join periods on periods.pack = 'daily' and (alerts.is_open or alerts.opened_date = periods.period_start)
    ),

    -- later how many of each rule
    counted as (
        select
            alerts.platform,
            periods.pack,
            periods.previous_start,
            alerts.rule_id,
            alerts.rule_title,
            alerts.recommended_action,
            alerts.owner,
            count(*) filter (where alerts.opened_date >= periods.period_start) as opened,
            count(*) filter (where alerts.opened_date < periods.period_start) as opened_before,
            count(*) filter (where alerts.is_open) as still_open
        from alerts
        inner join
            periods
            on periods.pack <> 'daily'
            and alerts.opened_date between coalesce(periods.previous_start, periods.period_start) and periods.period_end
        group by all
    ),

    of_the_period as (
        select
            platform,
            pack,
            'alerts' as section,
            rule_id as item_key,
            rule_title as item_title,
            opened as value,
            'alerts opened' as unit,
            case when previous_start is not null then opened_before end as previous_value,
            - opened as sort_value,
            still_open || ' of both periods still open' as look_at,
            recommended_action,
            owner
        from counted
    ),

    items as ({{ review_items(["of_the_day", "of_the_period"]) }})

select *
from items

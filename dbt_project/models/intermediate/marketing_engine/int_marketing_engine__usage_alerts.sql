with
    alerts as (select * from {{ ref("stg_marketing_engine__usage_alerts") }}),

    -- an alert that stays unresolved is raised again after an hour: then it is the same incident; limits begin anew
    -- with the month
    shaped as (
        select
            {{ platform_key("marketing_engine", "usage_alert_id") }} as usage_alert_key,
            'marketing_engine' as platform,
            usage_alert_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            coalesce(alert_type, 'unknown') as alert_type,
            limited_resource,
            case when severity in ('info', 'warning', 'critical') then severity else 'unknown' end as severity,
            threshold_value,
            current_value,
            limit_value,
            coalesce(is_notified, false) as is_notified,
            coalesce(is_resolved, false) as is_resolved,
            coalesce(
                max(case when is_resolved then resolved_at else 'infinity' end) over earlier_ones > created_at, false
            ) as is_repeated,
            created_at as alerted_at,
            resolved_at
        from alerts
        window
            earlier_ones as (
                partition by user_id, alert_type, limited_resource, date_trunc('month', created_at)
                order by created_at, usage_alert_id
                rows between unbounded preceding and 1 preceding
            )
    )

select *
from shaped

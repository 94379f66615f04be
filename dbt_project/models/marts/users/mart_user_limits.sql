{#- who has used so much of a limit is near it, in percent -#}
{%- set days, near_pct = 30, 80 %}

with
    users as (select * from {{ ref("dim_user") }} where not is_internal and not is_deleted),

    plans as (select * from {{ ref("dim_user_plan_history") }} where is_current and not is_deleted),

    limits as (select * from {{ ref("fct_usage_limits") }}),

    alerts as (select * from {{ ref("fct_usage_alerts") }}),

    first_day as (select max(date_day) - {{ days - 1 }} as first_day from {{ ref("dim_date") }} where is_complete),

    requests as (
        select *
        from {{ ref("fct_api_requests") }}
        where reporting_date >= (select first_day from first_day) and is_rate_limited
    ),

    refused as (select user_key, count(*) as refused_requests_30d_count from requests group by user_key),

    limited as (
        select
            user_key,
            count(*) filter (is_blocked_now) as blocked_limits_count,
            count(*) filter (is_in_force) as limits_count,
            max(100 * current_requests::double / nullif(max_requests, 0)::double) filter (
                is_in_force
            ) as fullest_limit_pct
        from limits
        group by user_key
    ),

    -- the product leaves many alerts unresolved for ever: older ones say nothing any more
    alerted as (
        select
            user_key,
            count(*) as alerts_30d_count,
            count(*) filter (not is_repeated) as incidents_30d_count,
            count(distinct(alert_type, limited_resource)) filter (not is_resolved) as open_incidents_count,
            arg_max(
                severity, case severity when 'critical' then 3 when 'warning' then 2 when 'info' then 1 else 0 end
            ) filter (not is_resolved) as worst_open_severity,
            max(alerted_at) as last_alerted_at
        from alerts
        where reporting_date >= (select first_day from first_day)
        group by user_key
    ),

    shown as (
        select
            users.user_key,
            users.platform,
            users.user_id,
            plans.plan_tier,
            coalesce(refused.refused_requests_30d_count, 0) as refused_requests_30d_count,
            coalesce(limited.blocked_limits_count, 0) as blocked_limits_count,
            {{ rounded("limited.fullest_limit_pct") }} as fullest_limit_pct,
            case
                when coalesce(limited.limits_count, 0) = 0
                then 'no_rows'
                when limited.fullest_limit_pct is null
                then 'zero_denominator'
            end as null_reason,
            coalesce(alerted.alerts_30d_count, 0) as alerts_30d_count,
            coalesce(alerted.incidents_30d_count, 0) as incidents_30d_count,
            coalesce(alerted.open_incidents_count, 0) as open_incidents_count,
            alerted.worst_open_severity,
            alerted.last_alerted_at
        from users
        left join plans on users.user_key = plans.user_key
        left join refused on users.user_key = refused.user_key
        left join limited on users.user_key = limited.user_key
        left join alerted on users.user_key = alerted.user_key
        where
            refused.user_key is not null
            or limited.blocked_limits_count > 0
            or limited.fullest_limit_pct >= {{ near_pct }}
            or alerted.user_key is not null
    )

select *
from shown

with
    audit as (select * from {{ ref("fct_audit") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    shown as (
        select
            audit.audit_key,
            audit.platform,
            audit.occurred_at,
            audit.reporting_date,
            audit.actor_key,
            audit.actor_role,
            audit.audit_action as action,
            audit.resource_type,
            audit.resource_id,
            audit.audit_is_success as is_success,
            audit.audit_amount as amount,
            audit.reason_category,
            audit.old_status,
            audit.new_status
        from audit
        cross join reported
        where audit.reporting_date > reported.last_day - {{ var("log_days") }}
    )

select *
from shown

with
    source as (select * from {{ source("raw_marketing_engine", "usage_alerts") }}),

    renamed as (
        select
            -- ids
            id::varchar as usage_alert_id,
            user_id::varchar as user_id,

            -- what it says
            lower(nullif(trim(alert_type), '')) as alert_type,
            lower(nullif(trim(threshold_type), '')) as threshold_type,
            lower(nullif(trim(resource_type), '')) as limited_resource,
            lower(nullif(trim(severity), '')) as severity,
            threshold_value::decimal(18, 2) as threshold_value,
            current_value::decimal(18, 2) as current_value,
            limit_value::decimal(18, 2) as limit_value,

            -- what became of it
            notification_sent as is_notified,
            is_resolved,

            -- timestamps
            notification_sent_at as notified_at,
            resolved_at,
            created_at
        from source
    )

select *
from renamed

with
    metrics as (select * from {{ ref("stg_marketing_engine__frontend_metrics") }}),

    shaped as (
        select
            {{ platform_key("marketing_engine", "frontend_metric_id") }} as page_measurement_key,
            'marketing_engine' as platform,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            app_session_id,
            coalesce(page_url, 'unknown') as page,
            coalesce(metric_name, 'unknown') as page_metric,
            metric_type = 'page_load' as is_of_loading,
            metric_value as measured_value,
            browser,
            coalesce(device_type, 'unknown') as device_type,
            created_at as measured_at
        from metrics
    )

select *
from shaped

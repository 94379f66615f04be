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
            coalesce(metric_type = 'page_load', false) as is_of_loading,
            coalesce(metric_type = 'error', false) or coalesce(metric_name = 'js_error', false) as is_error,
            metric_value as measured_value,
            browser,
            coalesce(device_type, 'unknown') as device_type,
            created_at as measured_at
        from metrics
    )

select *
from shaped

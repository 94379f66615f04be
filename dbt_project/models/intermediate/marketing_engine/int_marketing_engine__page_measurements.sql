with
    metrics as (select * from {{ ref("stg_marketing_engine__frontend_metrics") }}),

    shaped as (
        select
            {{ platform_key("marketing_engine", "frontend_metric_id") }} as page_measurement_key,
            'marketing_engine' as platform,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            app_session_id,
            coalesce(page_url, 'unknown') as page,
            case when metric_type = 'error' then 'js_error' else coalesce(metric_name, 'unknown') end as page_metric,
            coalesce(metric_type = 'page_load', false) as is_of_loading,
            metric_value as measured_value,
            browser,
            coalesce(device_type, 'unknown') as device_type,
            created_at as measured_at
        from metrics
    )

select *
from shaped

with
    source as (select * from {{ source("raw_marketing_engine", "frontend_metrics") }}),

    renamed as (
        select
            -- ids
            id::varchar as frontend_metric_id,
            user_id::varchar as user_id,
            session_id::varchar as app_session_id,

            -- what was measured
            nullif(trim(page_url), '') as page_url,
            lower(nullif(trim(metric_type), '')) as metric_type,
            lower(nullif(trim(metric_name), '')) as metric_name,
            metric_value,

            -- with what
            nullif(trim(browser), '') as browser,
            lower(nullif(trim(device_type), '')) as device_type,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

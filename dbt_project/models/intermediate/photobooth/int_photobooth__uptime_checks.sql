with
    checks as (select * from {{ ref("stg_photobooth__uptime_checks") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "uptime_check_id") }} as uptime_check_key,
            'photobooth' as platform,
            coalesce(component, 'unknown') as component,
            is_up,
            latency_ms::bigint as latency_ms,
            checked_at
        from checks
    )

select *
from shaped

with
    source as (select * from {{ source("raw_photobooth", "uptime_checks") }}),

    renamed as (
        select
            -- ids
            id::varchar as uptime_check_id,

            -- what was seen
            lower(trim(component)) as component,
            ok as is_up,
            latency_ms,

            -- timestamps
            checked_at
        from source
    )

select *
from renamed

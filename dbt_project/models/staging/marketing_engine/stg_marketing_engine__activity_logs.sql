with
    source as (select * from {{ source("raw_marketing_engine", "activity_logs") }}),

    renamed as (
        select
            -- ids
            id::varchar as activity_id,
            user_id::varchar as user_id,

            -- what happened
            lower(nullif(trim(action), '')) as action,
            agent_device,
            agent_browser,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

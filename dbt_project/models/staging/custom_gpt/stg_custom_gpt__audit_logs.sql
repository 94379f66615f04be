with
    source as (select * from {{ source("raw_custom_gpt", "audit_logs") }}),

    renamed as (
        select
            -- ids
            id::varchar as audit_log_id,
            user_id::varchar as user_id,
            resource_id::varchar as resource_id,
            request_id as client_request_id,

            -- what happened
            lower(nullif(trim(action), '')) as action,
            lower(nullif(trim(resource_type), '')) as resource_type,
            success as is_success,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_character_studio", "admin_audit_log") }}),

    renamed as (
        select
            -- ids
            id::varchar as audit_id,
            admin_id::varchar as admin_id,
            entity_id::varchar as entity_id,

            -- what was done
            lower(nullif(trim(action), '')) as audit_action,
            lower(nullif(trim(entity_type), '')) as entity_type,
            {{ exact_number("amount", "decimal(18, 2)") }} as audit_amount,
            lower(nullif(trim(reason_category), '')) as reason_category,
            lower(nullif(trim(old_status), '')) as old_status,
            lower(nullif(trim(new_status), '')) as new_status,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

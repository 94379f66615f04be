with
    source as (select * from {{ source("raw_character_studio", "admin_users") }}),

    renamed as (
        select
            -- ids
            id::varchar as admin_id,
            email_hash,

            -- who it is
            lower(nullif(trim(role), '')) as role,
            is_active is not false as is_active,

            -- timestamps
            last_login_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

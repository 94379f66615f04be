with
    source as (select * from {{ source("raw_custom_gpt", "payment_methods") }}),

    renamed as (
        select
            -- ids
            id::varchar as payment_method_id,
            user_id::varchar as user_id,

            -- what it is
            lower(nullif(trim(type), '')) as payment_method,
            lower(nullif(trim(brand), '')) as brand,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

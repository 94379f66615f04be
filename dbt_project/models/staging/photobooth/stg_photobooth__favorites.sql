with
    source as (select * from {{ source("raw_photobooth", "favorites") }}),

    renamed as (
        select
            -- ids
            id::varchar as favorite_id,
            user_id::varchar as profile_id,
            style_id,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

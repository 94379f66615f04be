with
    source as (select * from {{ source("raw_media_vault", "community_likes") }}),

    renamed as (
        select
            -- ids
            id::varchar as like_id,
            user_id::varchar as user_id,
            item_id::varchar as community_item_id,

            -- what it is
            lower(nullif(trim(kind), '')) as kind,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_media_vault", "community_items") }}),

    renamed as (
        select
            -- ids
            id::varchar as community_item_id,
            source_id::varchar as shared_id,
            user_id::varchar as user_id,
            category_id::varchar as category_id,

            -- what it is
            lower(nullif(trim(kind), '')) as kind,
            lower(nullif(trim(source), '')) as item_source,
            coalesce(is_hidden, false) as is_hidden,

            -- counters
            like_count::bigint as likes_reported,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

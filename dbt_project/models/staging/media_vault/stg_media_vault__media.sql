with
    source as (select * from {{ source("raw_media_vault", "user_media") }}),

    renamed as (
        select
            -- ids
            id::varchar as media_id,
            user_id::varchar as user_id,

            -- what it is
            lower(nullif(trim(source), '')) as media_source,
            lower(nullif(trim(media_type), '')) as media_type,
            file_size_bytes,
            coalesce(is_shared, false) as is_shared,

            -- timestamps
            created_at,
            deleted_at
        from source
    )

select *
from renamed

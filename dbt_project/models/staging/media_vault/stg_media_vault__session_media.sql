with
    source as (select * from {{ source("raw_media_vault", "session_media") }}),

    renamed as (
        select
            -- ids
            id::varchar as session_medium_id,
            session_id::varchar as content_session_id,

            -- what it is
            lower(nullif(trim(type), '')) as media_type,
            coalesce(has_caption, false) as has_caption
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_photobooth", "generations") }}),

    renamed as (
        select
            -- ids: some writers fill model_id instead of style_id
            id::varchar as generation_id,
            user_id::varchar as profile_id,
            event_id::varchar as event_id,
            coalesce(style_id, model_id) as style_id,

            -- what it is
            aspect_ratio,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

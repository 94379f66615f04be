with
    source as (select * from {{ source("deleted_photobooth", "generations") }}),

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
            created_at,

            -- the observations
            _first_seen_at as first_seen_at,
            _last_seen_at as last_seen_at,
            _observed_at as found_deleted_at
        from source
    )

select *
from renamed

with
    events as (select * from {{ ref("stg_photobooth__event_observations") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "event_id") }} as event_key,
            'photobooth' as platform,
            is_active and not is_deleted as is_active,
            is_deleted,
            credits_allocated,
            credits_used,
            min(created_at) over (partition by event_id) as known_since,
            load_id,
            observed_at
        from events
    )

select *
from shaped

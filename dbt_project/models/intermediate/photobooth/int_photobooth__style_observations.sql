with
    styles as (select * from {{ ref("stg_photobooth__style_observations") }}),

    switches as (select * from {{ ref("int_photobooth__style_switches") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "style_id") }} as style_key,
            'photobooth' as platform,
            is_active and not is_deleted as is_active_own,
            is_premium,
            category,
            is_deleted,
            min(created_at) over (partition by style_id) as known_since,
            load_id,
            observed_at
        from styles
        where lower(trim(style_id)) not in (select group_name from switches)
    )

select *
from shaped

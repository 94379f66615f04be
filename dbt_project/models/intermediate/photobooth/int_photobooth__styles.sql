with
    style_observations as (select * from {{ ref("stg_photobooth__style_observations") }}),

    switches as (select * from {{ ref("int_photobooth__style_switches") }}),

    -- an id may come back after its style was deleted: the style exists since it was first created
    dated as (select *, min(created_at) over (partition by style_id) as first_created_at from style_observations),

    latest as ({{ latest_observations("dated", "style_id") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "latest.style_id") }} as style_key,
            'photobooth' as platform,
            latest.style_id,
            latest.style_name,
            latest.category,
            latest.subcategory,
            latest.is_premium,
            latest.is_active and not latest.is_deleted as is_active_own,
            latest.is_active
            and not latest.is_deleted
            and coalesce(category_switch.is_group_active, true)
            and coalesce(subcategory_switch.is_group_active, true) as is_active,
            latest.first_created_at as created_at,
            latest.is_deleted,
            latest.observed_at
        from latest
        left join switches as category_switch on latest.category = category_switch.group_name
        left join switches as subcategory_switch on latest.subcategory = subcategory_switch.group_name
        where lower(trim(latest.style_id)) not in (select group_name from switches)
    )

select *
from shaped

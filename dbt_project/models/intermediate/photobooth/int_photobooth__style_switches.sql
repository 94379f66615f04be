with
    style_observations as (select * from {{ ref("stg_photobooth__style_observations") }}),

    latest as ({{ latest_observations("style_observations", "style_id") }}),

    group_names as (
        select category as group_name
        from latest
        union
        select subcategory as group_name
        from latest
    ),

    -- a row whose id is the name of a category or subcategory is no style: it switches the whole group
    switches as (
        select lower(trim(style_id)) as group_name, bool_and(is_active or is_deleted) as is_group_active
        from latest
        where lower(trim(style_id)) in (select group_name from group_names where group_name is not null)
        group by lower(trim(style_id))
    )

select *
from switches

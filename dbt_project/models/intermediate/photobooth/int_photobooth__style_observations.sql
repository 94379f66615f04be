with
    observations as (select * from {{ ref("stg_photobooth__style_observations") }}),

    switches as (select * from {{ ref("int_photobooth__style_switches") }}),

    styles as (select * from observations where lower(trim(style_id)) not in (select group_name from switches)),

    -- when a group was off: from the load that saw it until the next state of its switch row
    switch_states as (
        select
            lower(trim(style_id)) as group_name,
            not is_active and not is_deleted as is_off,
            load_id,
            lead(load_id) over (partition by style_id order by load_id) as next_load_id,
            observed_at
        from observations
        where lower(trim(style_id)) in (select group_name from switches)
    ),

    known_styles as (
        select style_id, min(load_id) as first_load_id, min(created_at) as known_since from styles group by style_id
    ),

    -- a style may change with each of its own states and each state of a switch
    moments as (
        select style_id, load_id, observed_at
        from styles
        union
        select known_styles.style_id, switch_states.load_id, switch_states.observed_at
        from known_styles
        inner join switch_states on switch_states.load_id > known_styles.first_load_id
    ),

    states as (
        select styles.* exclude (load_id, observed_at), moments.load_id, moments.observed_at
        from moments
        asof inner join styles on moments.style_id = styles.style_id and moments.load_id >= styles.load_id
    ),

    switched_off as (
        select distinct states.style_id, states.load_id
        from states
        inner join switch_states on switch_states.group_name in (states.category, states.subcategory)
        where
            switch_states.is_off
            and switch_states.load_id <= states.load_id
            and coalesce(states.load_id < switch_states.next_load_id, true)
    ),

    shaped as (
        select
            {{ platform_key("photobooth", "states.style_id") }} as style_key,
            'photobooth' as platform,
            states.is_active and not states.is_deleted as is_active_own,
            states.is_active and not states.is_deleted and switched_off.style_id is null as is_active,
            states.is_premium,
            states.category,
            states.is_deleted,
            known_styles.known_since,
            states.load_id,
            states.observed_at
        from states
        inner join known_styles on states.style_id = known_styles.style_id
        left join switched_off on states.style_id = switched_off.style_id and states.load_id = switched_off.load_id
    )

select *
from shaped

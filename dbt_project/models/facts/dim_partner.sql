with
    unioned as ({{ union_systems("partners") }}),

    history as (select * from {{ ref("dim_partner_history") }}),

    -- the end of the last active stretch; none for a partner that was never seen active
    last_active as (
        select partner_key, max(valid_to) as active_until, bool_or(is_current) as is_active_now
        from history
        where is_active
        group by partner_key
    ),

    -- the inactive stretch that began then, or with the partner itself
    deactivations as (
        select history.partner_key, min(history.valid_from_date) as deactivated_date
        from history
        left join last_active on history.partner_key = last_active.partner_key
        where
            not coalesce(last_active.is_active_now, false)
            and (last_active.active_until is null or history.valid_from >= last_active.active_until)
        group by history.partner_key
    ),

    dated as (
        select
            unioned.*, {{ reporting_date("unioned.first_seen_at") }} as first_seen_date, deactivations.deactivated_date
        from unioned
        left join deactivations on unioned.partner_key = deactivations.partner_key
        where {{ is_past("unioned.first_seen_at") }}
    )

select *
from dated

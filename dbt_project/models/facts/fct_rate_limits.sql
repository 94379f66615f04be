with
    unioned as ({{ union_systems("rate_limits") }}),

    -- the source overwrites a row when its next window begins, so the last one that it knows may be long over
    dated as (
        select
            *,
            {{ is_past("window_starts_at", unknown=true) }} and not {{ is_past("window_ends_at") }} as is_in_force,
            is_blocked and not {{ is_past("blocked_until") }} as is_blocked_now
        from unioned
    )

select *
from dated

with
    unioned as ({{ union_systems("usage_limits") }}),

    -- a window of the rate limiter is overwritten by the next, so the last one that the source knows may be long
    -- over, or
    -- have begun after the reported day
    dated as (
        select
            *,
            {{ is_past("window_starts_at", unknown=true) }} as has_begun,
            {{ is_past("window_ends_at") }} as has_ended,
            {{ is_past("blocked_until") }} as is_open_again
        from unioned
    ),

    shown as (
        select
            * exclude (has_begun, has_ended, is_open_again),
            has_begun and not has_ended as is_in_force,
            has_begun and is_blocked and not is_open_again as is_blocked_now
        from dated
    )

select *
from shown

with
    unioned as ({{ union_systems("event_observations") }}),

    stretches as (
        {{
            constant_stretches(
                "unioned",
                key="event_key",
                attributes=["is_active", "is_deleted", "credits_allocated", "credits_used"],
            )
        }}
    )

select *
from stretches

with
    unioned as ({{ union_systems("style_observations") }}),

    stretches as (
        {{
            constant_stretches(
                "unioned",
                key="style_key",
                attributes=["is_active_own", "is_active", "is_premium", "category", "is_deleted"],
            )
        }}
    )

select *
from stretches

with
    unioned as ({{ union_systems("partner_observations") }}),

    stretches as (
        {{
            constant_stretches(
                "unioned",
                key="partner_key",
                attributes=["is_active", "is_virtual", "is_deleted", "credits_total", "credits_allocated"],
            )
        }}
    )

select *
from stretches

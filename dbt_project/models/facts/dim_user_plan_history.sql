with
    unioned as ({{ union_systems("plan_observations") }}),

    stretches as (
        {{
            constant_stretches(
                "unioned", key="user_key", attributes=["plan_tier", "plan_status", "is_paid_plan", "is_deleted"]
            )
        }}
    )

select *
from stretches

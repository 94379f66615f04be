with
    unioned as ({{ union_systems("user_observations") }}),

    stretches as ({{ constant_stretches("unioned", key="user_key", attributes=["user_type", "is_deleted"]) }})

select *
from stretches

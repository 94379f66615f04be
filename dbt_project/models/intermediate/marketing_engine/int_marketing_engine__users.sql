with
    user_observations as (select * from {{ ref("int_marketing_engine__user_observations") }}),

    latest as ({{ latest_observations("user_observations", "user_key") }}),

    shaped as (
        select
            user_key,
            platform,
            user_id,
            user_type,
            -- it never changes here
            user_type as first_user_type,
            known_since as signed_up_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

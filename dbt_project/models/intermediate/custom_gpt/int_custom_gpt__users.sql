with
    user_observations as (select * from {{ ref("int_custom_gpt__user_observations") }}),

    latest as ({{ latest_observations("user_observations", "user_key") }}),

    -- an account never becomes another type here
    shaped as (
        select
            user_key,
            platform,
            user_id,
            user_type,
            user_type as first_user_type,
            known_since as signed_up_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

with
    user_observations as (select * from {{ ref("int_character_studio__user_observations") }}),

    typed as (
        select *, first_value(user_type) over (partition by user_key order by load_id) as first_user_type
        from user_observations
    ),

    latest as ({{ latest_observations("typed", "user_key") }}),

    shaped as (
        select
            user_key,
            platform,
            user_id,
            user_type,
            first_user_type,
            role,
            known_since as signed_up_at,
            signup_source,
            country_code,
            credits_balance,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

with
    user_observations as (select * from {{ ref("int_character_studio__user_observations") }}),

    shaped as ({{ users("user_observations", ["role", "signup_source", "country_code", "credits_balance"]) }})

select *
from shaped

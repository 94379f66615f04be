with
    user_observations as (select * from {{ ref("int_media_vault__user_observations") }}),

    shaped as ({{ users("user_observations", ["role", "referred_by_user_key", "credits_balance"]) }})

select *
from shaped

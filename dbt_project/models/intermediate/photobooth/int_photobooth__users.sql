with
    user_observations as (select * from {{ ref("int_photobooth__user_observations") }}),

    shaped as (
        {{ users("user_observations", ["role", "referred_by_user_key", "credits_balance", "generations_reported"]) }}
    )

select *
from shaped

with
    user_observations as (select * from {{ ref("int_marketing_engine__user_observations") }}),

    shaped as ({{ users("user_observations") }})

select *
from shaped

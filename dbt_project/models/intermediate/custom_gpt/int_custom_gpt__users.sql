with
    user_observations as (select * from {{ ref("int_custom_gpt__user_observations") }}),

    payment_methods as (select * from {{ ref("stg_custom_gpt__payment_methods") }}),

    described as ({{ users("user_observations") }}),

    shaped as (
        select *, user_id in (select user_id from payment_methods where user_id is not null) as keeps_payment_method
        from described
    )

select *
from shaped

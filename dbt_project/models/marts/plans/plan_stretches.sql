{{ config(materialized="view", schema="intermediate") }}

with
    history as (select * from {{ ref("dim_user_plan_history") }}),

    users as (select user_key, signup_date, deleted_date from {{ ref("dim_user") }} where not is_internal),

    -- a plan needs an account
    states as (
        select
            history.user_key,
            history.platform,
            coalesce(history.plan_tier, 'unknown') as plan_tier,
            history.plan_status,
            history.is_paid_plan,
            greatest(history.valid_from_date, users.signup_date) as valid_from_date,
            least(history.valid_to_date, users.deleted_date) as valid_to_date
        from history
        inner join users on history.user_key = users.user_key
        where not history.is_deleted
    ),

    -- the states that days ended in
    lasting as (select * from states where valid_to_date is null or valid_from_date < valid_to_date),

    followed as (
        select
            *,
            case
                when lag(valid_to_date) over by_user = valid_from_date then lag(plan_tier) over by_user
            end as previous_tier,
            case
                when lag(valid_to_date) over by_user = valid_from_date then lag(plan_status) over by_user
            end as previous_status,
            case
                when lead(valid_from_date) over by_user = valid_to_date then lead(plan_tier) over by_user
            end as next_tier,
            case
                when lead(valid_from_date) over by_user = valid_to_date then lead(plan_status) over by_user
            end as next_status
        from lasting
        window by_user as (partition by user_key order by valid_from_date)
    ),

    stretches as (
        select
            user_key,
            platform,
            plan_tier,
            plan_status,
            is_paid_plan,
            valid_from_date,
            valid_to_date,
            previous_tier,
            plan_tier is distinct from previous_tier or plan_status is distinct from previous_status as is_entry,
            valid_to_date is not null
            and (plan_tier is distinct from next_tier or plan_status is distinct from next_status) as is_exit
        from followed
    )

select *
from stretches

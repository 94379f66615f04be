{{ config(materialized="view", schema="intermediate") }}

with
    users as (select * from {{ ref("dim_user") }} where not is_internal and not is_deleted),

    user_days as (select * from {{ ref("fct_user_day") }}),

    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    plans as (select * from {{ ref("dim_user_plan_history") }}),

    jobs as (select * from {{ ref("fct_jobs") }} where is_success),

    currencies as ({{ platform_currencies() }}),

    -- where attempts are kept apart from what they made, what was made is one of them, and so it is where calls are
    -- metered
    days as (
        select
            user_days.user_key,
            user_days.reporting_date,
            user_days.generations_count,
            greatest(
                user_days.requests_count,
                case
                    when user_days.platform in {{ feeding("generation_attempts") }}
                    then greatest(user_days.generations_count, user_days.attempts_count)
                    else user_days.generations_count + user_days.attempts_count
                end
            ) as uses_count,
            greatest(user_days.successful_requests_count, user_days.generations_count) as successes_count,
            reported.last_day - user_days.reporting_date as days_ago
        from user_days
        cross join reported
        where user_days.is_active_any
    ),

    used as (
        select
            user_key,
            max(reporting_date) as last_active_date,
            max(reporting_date) filter (uses_count > 0) as last_use_date,
            count(*) filter (days_ago < 28) as active_days_28d_count,
            count(*) filter (days_ago < 30) as active_days_30d_count,
            sum(generations_count) as generations_count,
            sum(generations_count) filter (days_ago < 30) as generations_30d_count,
            sum(uses_count) as uses_count,
            sum(successes_count) as successes_count,
            sum(uses_count) filter (days_ago < 28) as uses_28d_count,
            sum(uses_count) filter (days_ago between 28 and 55) as uses_previous_28d_count,
            sum(uses_count) filter (days_ago < 90) as uses_90d_count
        from days
        group by user_key
    ),

    paid as (
        select payments.user_key, sum(payments.amount) as paid_90d_amount
        from payments
        cross join reported
        inner join currencies on payments.platform = currencies.platform and payments.currency = currencies.currency
        where payments.reporting_date > reported.last_day - 90
        group by payments.user_key
    ),

    completed as (
        select jobs.user_key, count(*) as completed_jobs_30d_count
        from jobs
        cross join reported
        where jobs.reporting_date > reported.last_day - 30
        group by jobs.user_key
    ),

    lost as (
        select user_key, not bool_or(is_current and is_paid_plan) as has_lost_paid_plan
        from plans
        where is_paid_plan or is_current
        group by user_key
        having bool_or(is_paid_plan)
    ),

    combined as (
        select
            users.user_key,
            users.platform,
            users.user_id,
            reported.last_day as as_of_date,
            users.signup_date,
            used.last_active_date,
            used.last_use_date,
            {% for column in [
                "active_days_28d_count",
                "active_days_30d_count",
                "generations_count",
                "generations_30d_count",
                "uses_count",
                "successes_count",
                "uses_28d_count",
                "uses_previous_28d_count",
                "uses_90d_count",
            ] %}
                coalesce(used.{{ column }}, 0)::bigint as {{ column }},
            {% endfor %}
            coalesce(completed.completed_jobs_30d_count, 0)::bigint as completed_jobs_30d_count,
            coalesce(lost.has_lost_paid_plan, false) as has_lost_paid_plan,
            coalesce(paid.paid_90d_amount, 0)::decimal(18, 2) as paid_90d_amount,
            currencies.currency
        from users
        cross join reported
        left join used on users.user_key = used.user_key
        left join completed on users.user_key = completed.user_key
        left join lost on users.user_key = lost.user_key
        left join paid on users.user_key = paid.user_key
        left join currencies on users.platform = currencies.platform
    )

select *
from combined

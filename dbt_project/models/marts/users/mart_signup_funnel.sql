{#- a step counts when it is reached within so many days of the sign-up -#}
{%- set window_days = 7 %}
{%- set steps = ["signed_up", "acted", "tried", "made", "paid"] %}

with
    users as (select * from {{ ref("dim_user") }} where first_user_type = 'direct'),

    activity as (select * from {{ ref("fct_activity") }}),

    attempts as (select * from {{ ref("fct_generation_attempts") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    payments as (select * from {{ ref("fct_payments") }}),

    lacking as (select platform from {{ ref("dim_optional_fact") }} where fact_name = 'payments' and not is_present),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    months as (select distinct month_start_date, is_month_complete from dates),

    members as (
        select users.platform, users.user_key, users.signed_up_at, dates.month_start_date as cohort_month
        from users
        inner join dates on users.signup_date = dates.date_day
    ),

    -- what a step is reached by: what was made has been tried, and whoever tried has acted
    acts as (
        select user_key, occurred_at as acted_at, 1 as reaches
        from activity
        where not is_refused
        union all
        select user_key, attempted_at, case when is_success then 3 else 2 end
        from attempts
        union all
        select user_key, generated_at, case when is_success then 3 else 2 end
        from generations
        union all
        select user_key, paid_at, 4
        from payments
        where not is_duplicate
    ),

    -- credits are bought before a generation where a new account gets too few, so the payment may come before it
    reached as (
        select
            members.platform,
            members.user_key,
            members.cohort_month,
            coalesce(max(acts.reaches) filter (where acts.reaches <= 3), 0) as made_step,
            coalesce(bool_or(acts.reaches = 4), false) as has_paid
        from members
        left join
            acts
            on members.user_key = acts.user_key
            and acts.acted_at >= members.signed_up_at
            and acts.acted_at < members.signed_up_at + interval {{ window_days }} day
        group by members.platform, members.user_key, members.cohort_month
    ),

    counted as (
        select
            platform,
            cohort_month,
            count(*) as cohort_size,
            count(*) as signed_up,
            count(*) filter (where made_step >= 1 or has_paid) as acted,
            count(*) filter (where made_step >= 2) as tried,
            count(*) filter (where made_step >= 3) as made,
            -- who keeps no payments does not know who paid: that is not nobody
            case
                when platform not in (select platform from lacking)
                then count(*) filter (where made_step >= 3 and has_paid)
            end as paid
        from reached
        group by platform, cohort_month
    ),

    steps as (
        {% for step in steps %}
            select
                platform,
                cohort_month,
                {{ loop.index }}::integer as step_number,
                '{{ step }}' as step,
                {{ step }} as users_count,
                {{ steps[loop.index0 - 1] if not loop.first else "null::bigint" }} as previous_users_count,
                cohort_size
            from counted
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- the last sign-up of a mature month has had its days
    dated as (
        select
            steps.*,
            steps.previous_users_count - steps.users_count as drop_off_count,
            months.is_month_complete
            and last_day(steps.cohort_month) + {{ window_days }} <= (select max(date_day) from dates) as is_mature
        from steps
        inner join months on steps.cohort_month = months.month_start_date
    ),

    shown as (
        select
            *,
            case when is_mature then {{ ratio("users_count", "previous_users_count", 100) }} end as conversion_pct,
            case when is_mature then {{ ratio("users_count", "cohort_size", 100) }} end as reached_pct,
            case
                when users_count is null
                then 'no_source'
                when not is_mature
                then 'not_mature'
                when previous_users_count = 0
                then 'zero_denominator'
            end as null_reason
        from dated
    )

select *
from shown

{#- activated is who used the platform so often within so many days of the sign-up -#}
{%- set uses_needed = 3 %}
{%- set window_days = 7 %}

with
    users as (select * from {{ ref("dim_user") }} where first_user_type = 'direct'),

    user_days as (select * from {{ ref("fct_user_day") }}),

    generations as (select * from {{ ref("fct_generations") }} where is_success),

    requests as (select * from {{ ref("fct_api_requests") }} where is_metered and is_success),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    members as (
        select
            users.platform,
            users.user_key,
            users.signed_up_at,
            users.signup_date,
            dates.month_start_date as cohort_month,
            dates.is_month_complete
            and last_day(dates.month_start_date) + {{ window_days }} <= (select max(date_day) from dates) as is_mature
        from users
        inner join dates on users.signup_date = dates.date_day
    ),

    -- where attempts are kept apart from what they made, what was made is one of them, and so it is where calls are
    -- metered
    used as (
        select
            members.user_key,
            sum(
                greatest(
                    user_days.requests_count,
                    case
                        when user_days.platform in {{ feeding("generation_attempts") }}
                        then greatest(user_days.generations_count, user_days.attempts_count)
                        else user_days.generations_count + user_days.attempts_count
                    end
                )
            ) as uses_count
        from members
        inner join
            user_days
            on members.user_key = user_days.user_key
            and user_days.reporting_date >= members.signup_date
            and user_days.reporting_date <= members.signup_date + {{ window_days }}
        group by members.user_key
    ),

    successes as (
        select user_key, generated_at as succeeded_at
        from generations
        union all
        select user_key, requested_at
        from requests
    ),

    firsts as (
        select members.user_key, min(successes.succeeded_at) as first_success_at
        from members
        inner join successes on members.user_key = successes.user_key and successes.succeeded_at >= members.signed_up_at
        group by members.user_key
    ),

    reached as (
        select
            members.*,
            coalesce(used.uses_count >= {{ uses_needed }}, false) as is_activated,
            date_sub('second', members.signed_up_at, firsts.first_success_at) as seconds_to_value
        from members
        left join used on members.user_key = used.user_key
        left join firsts on members.user_key = firsts.user_key
    ),

    counted as (
        select
            platform,
            cohort_month,
            is_mature,
            count(*) as signups_count,
            count(*) filter (is_activated) as activated_count,
            count(seconds_to_value) as valued_count,
            quantile_cont(seconds_to_value, 0.5)::double as time_to_value_median_seconds,
            quantile_cont(seconds_to_value, 0.9)::double as time_to_value_p90_seconds
        from reached
        group by platform, cohort_month, is_mature
    ),

    shown as (
        select
            * replace (
                {{ rounded("time_to_value_median_seconds", 3) }} as time_to_value_median_seconds,
                {{ rounded("time_to_value_p90_seconds", 3) }} as time_to_value_p90_seconds
            ),
            case when is_mature then {{ ratio("activated_count", "signups_count", 100) }} end as activation_pct,
            case when not is_mature then 'not_mature' when valued_count = 0 then 'zero_denominator' end as null_reason
        from counted
    )

select *
from shown

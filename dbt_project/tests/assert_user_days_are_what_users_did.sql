-- Why: active users, retention and spending are read from fct_user_day alone. Per platform and day it must hold
-- exactly the generations, attempts, requests, actions, visits, payments and spent credits that have a user.
-- Only the days that this build rebuilt: the others were proven when they were.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_day"}}}) }}
{% set counts = [
    "generations",
    "attempts",
    "requests",
    "actions",
    "sessions",
    "payments",
    "amount",
    "credits",
    "users",
] %}
with
    done as (
        select
            platform,
            reporting_date,
            user_key,
            case when is_success then 'generation' else 'attempt' end as kind,
            0 as amount
        from {{ ref("fct_generations") }}
        where {{ was_rebuilt("reporting_date") }}
        union all
        select platform, reporting_date, user_key, 'request', 0
        from {{ ref("fct_api_requests") }}
        where is_metered and {{ was_rebuilt("reporting_date") }}
        union all
        select platform, reporting_date, user_key, 'payment', coalesce(amount, 0)
        from {{ ref("fct_payments") }}
        where not is_duplicate and {{ was_rebuilt("reporting_date") }}
        union all
        select platform, {{ reporting_date("acted_at") }}, user_key, action_type, 0
        from ({{ union_systems("user_actions") }})
        where {{ is_past("acted_at") }} and {{ was_rebuilt(reporting_date("acted_at"), "acted_at") }}
        union all
        select platform, {{ reporting_date("used_at") }}, user_key, 'credits', credits_used
        from ({{ union_systems("credit_uses") }})
        where {{ is_past("used_at") }} and {{ was_rebuilt(reporting_date("used_at"), "used_at") }}
    ),

    fact_days as (
        select
            platform,
            reporting_date,
            count(*) filter (where kind = 'generation') as generations,
            count(*) filter (where kind = 'attempt') as attempts,
            count(*) filter (where kind = 'request') as requests,
            count(*) filter (where kind in ('action', 'refusal')) as actions,
            count(*) filter (where kind = 'session') as sessions,
            count(*) filter (where kind = 'payment') as payments,
            coalesce(sum(amount) filter (where kind = 'payment'), 0) as amount,
            coalesce(sum(amount) filter (where kind = 'credits'), 0) as credits,
            count(distinct user_key) as users
        from done
        where user_key is not null
        group by platform, reporting_date
    ),

    user_days as (
        select
            platform,
            reporting_date,
            sum(generations_count) as generations,
            sum(attempts_count) as attempts,
            sum(requests_count) as requests,
            sum(actions_count) as actions,
            sum(sessions_count) as sessions,
            sum(payments_count) as payments,
            sum(payments_amount) as amount,
            coalesce(sum(credits_used), 0) as credits,
            count(*) as users
        from {{ ref("fct_user_day") }}
        where {{ was_rebuilt("reporting_date") }}
        group by platform, reporting_date
    )

select platform, reporting_date {% for count in counts %}, fact_days.{{ count }} {% endfor %}
from fact_days
full outer join user_days using (platform, reporting_date)
where false {% for count in counts %} or fact_days.{{ count }} is distinct from user_days.{{ count }} {% endfor %}

-- Why: active users, retention and spending are read from fct_user_day alone. Per platform and day it must hold
-- exactly the photos and payments of the facts that have a user.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_day"}}}) }}
with
    fact_days as (
        select
            platform,
            reporting_date,
            sum(photos) as photos,
            sum(payments) as payments,
            sum(amount) as amount,
            count(distinct user_key) as users
        from
            (
                select platform, reporting_date, user_key, 1 as photos, 0 as payments, 0 as amount
                from {{ ref("fct_generations") }}
                union all
                select platform, reporting_date, user_key, 0, 1, coalesce(amount, 0)
                from {{ ref("fct_payments") }}
                where not is_duplicate
            )
        where user_key is not null
        group by platform, reporting_date
    ),

    user_days as (
        select
            platform,
            reporting_date,
            sum(generations_count) as photos,
            sum(payments_count) as payments,
            sum(payments_amount) as amount,
            count(*) as users
        from {{ ref("fct_user_day") }}
        group by platform, reporting_date
    )

select platform, reporting_date, fact_days.photos, fact_days.payments, fact_days.amount, fact_days.users
from fact_days
full outer join user_days using (platform, reporting_date)
where
    fact_days.photos is distinct from user_days.photos
    or fact_days.payments is distinct from user_days.payments
    or fact_days.amount is distinct from user_days.amount
    or fact_days.users is distinct from user_days.users

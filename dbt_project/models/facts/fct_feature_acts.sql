with
    activity as (select * from {{ ref("fct_activity") }}),

    requests as (select * from {{ ref("fct_api_requests") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    active_days as (select user_key, reporting_date from {{ ref("fct_user_day") }} where is_active_any),

    acts as ({{ feature_acts() }}),

    -- before the joins: it has far fewer rows
    counted as (
        select
            platform,
            user_key,
            reporting_date,
            coalesce(feature, 'none') as feature,
            act,
            count(*) as acts_count,
            count(*) filter (where is_request) as requests_count,
            min(acted_at) as first_acted_at,
            max(acted_at) as last_acted_at
        from acts
        group by all
    ),

    -- what a platform's definition of active leaves out is no use either: adoption is a share of active users
    done_by_users as (
        select counted.*
        from counted
        inner join users on counted.user_key = users.user_key
        inner join
            active_days
            on counted.user_key = active_days.user_key
            and counted.reporting_date = active_days.reporting_date
    )

select *
from done_by_users

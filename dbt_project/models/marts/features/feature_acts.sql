{{ config(schema="intermediate") }}

with
    activity as (select * from {{ ref("fct_activity") }}),

    requests as (select * from {{ ref("fct_api_requests") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    acts as ({{ feature_acts() }}),

    -- before the join: it has far fewer rows
    counted as (
        select
            platform,
            user_key,
            reporting_date,
            coalesce(feature, 'none') as feature,
            act,
            count(*) as acts_count,
            min(acted_at) as first_acted_at,
            max(acted_at) as last_acted_at
        from acts
        group by all
    ),

    done_by_users as (select counted.* from counted inner join users on counted.user_key = users.user_key)

select *
from done_by_users

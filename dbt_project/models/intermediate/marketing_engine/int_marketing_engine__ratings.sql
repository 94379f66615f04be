{#- the calls say no scale; their stars go from 1 to 5 -#}
{%- set best_of_calls = 5 %}

with
    feedback as (select * from {{ ref("stg_marketing_engine__user_feedback") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    united as (
        select
            'user_feedback:' || feedback_id as rating_id,
            user_id,
            request_id,
            rating,
            split_part(rating_scale, '-', 2)::integer as rating_scale,
            feedback_type,
            created_at
        from feedback
        union all
        select
            'api_usage:' || request_id as rating_id,
            user_id,
            request_id,
            rating,
            {{ best_of_calls }} as rating_scale,
            null as feedback_type,
            created_at
        from requests
    ),

    shaped as (
        select
            {{ platform_key("marketing_engine", "rating_id") }} as rating_key,
            'marketing_engine' as platform,
            rating_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            'request' as rated_kind,
            {{ platform_key("marketing_engine", "request_id") }} as rated_key,
            rating as rating_value,
            rating_scale,
            rating * 5 >= rating_scale * 4 as is_positive,
            feedback_type,
            created_at as rated_at
        from united
        -- a number outside the scale was given on another one
        where rating between 1 and rating_scale
    )

select *
from shaped

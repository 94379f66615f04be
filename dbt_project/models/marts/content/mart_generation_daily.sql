{%- set dimensions = ["provider", "model_name", "quality", "aspect_ratio"] %}

with
    outcomes as (select * from {{ ref("generation_outcomes") }}),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            outcomes.platform,
            dates.date_day,
            outcomes.generation_kind,
            {% for dimension in dimensions %}
                coalesce(outcomes.{{ dimension }}, 'unknown') as {{ dimension }},
            {% endfor %}
            coalesce(outcomes.is_nsfw::varchar, 'unknown') as is_nsfw,
            count(*) as attempts_count,
            count(*) filter (where outcomes.is_success) as successes_count,
            count(*) filter (where outcomes.is_failed) as failures_count,
            count(*) filter (where outcomes.outcome = 'cancelled') as cancelled_count,
            count(*) filter (where outcomes.outcome = 'pending') as pending_count,
            count(*) filter (where outcomes.outcome = 'denied') as denied_count,
            count(*) filter (where outcomes.outcome = 'other') as other_count,
            count(*) filter (where outcomes.is_deleted) as deleted_count,
            count(distinct case when internal_users.user_key is null then outcomes.user_key end) as users_count,
            sum(outcomes.credits_charged)::bigint as credits_charged,
            sum(outcomes.cost_usd)::decimal(18, 6) as cost_usd,
            sum(outcomes.items_count)::bigint as items_count
        from outcomes
        inner join dates on outcomes.reporting_date = dates.date_day
        left join internal_users on outcomes.user_key = internal_users.user_key
        group by all
    )

select *
from counted

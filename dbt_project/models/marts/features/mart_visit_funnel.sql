{#- who signs up or makes something does so within so many days of the visit's beginning -#}
{%- set window_days = 7 %}

with
    visits as (select * from {{ ref("fct_funnel_visits") }}),

    users as (select * from {{ ref("dim_user") }}),

    generations as (select * from {{ ref("fct_generations") }} where is_success),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    -- the last visit of a mature month has had its days
    months as (
        select distinct
            month_start_date as cohort_month,
            is_month_complete
            and last_day(month_start_date) + {{ window_days }} <= (select max(date_day) from dates) as is_mature
        from dates
    ),

    first_generations as (
        select user_key, min(generated_at) as first_generated_at
        from generations
        where user_key in (select user_key from visits)
        group by user_key
    ),

    members as (
        select
            visits.platform,
            dates.month_start_date as cohort_month,
            -- a visit that is told to have reached nothing has seen the first page
            greatest(visits.last_step, 1) as step_number,
            visits.visit_started_at + interval {{ window_days }} day as counts_until,
            users.signed_up_at >= visits.visit_started_at and users.signed_up_at < counts_until as has_signed_up,
            first_generations.first_generated_at < counts_until as has_generated
        from visits
        inner join dates on visits.reporting_date = dates.date_day
        left join users on visits.user_key = users.user_key
        left join first_generations on visits.user_key = first_generations.user_key
        where not coalesce(users.is_internal, false)
    ),

    counted as (
        select
            platform,
            cohort_month,
            step_number,
            count(*) as visits_count,
            count(*) filter (where has_signed_up) as signed_up,
            count(*) filter (where has_signed_up and has_generated) as generated
        from members
        group by platform, cohort_month, step_number
    ),

    frame as (
        select
            ways.platform,
            months.cohort_month,
            months.is_mature,
            unnest(generate_series(1, ways.steps_count)) as step_number
        from (select platform, max(step_number) as steps_count from counted group by platform) as ways
        cross join months
    ),

    -- whoever reached a step has been on those before it
    pages as (
        select
            frame.*,
            row_number() over from_the_last = 1 as is_last,
            coalesce(sum(counted.visits_count) over from_the_last, 0)::bigint as visits_count,
            coalesce(sum(counted.visits_count) over in_the_month, 0)::bigint as cohort_size,
            coalesce(sum(counted.signed_up) over in_the_month, 0)::bigint as signed_up,
            coalesce(sum(counted.generated) over in_the_month, 0)::bigint as generated
        from frame
        left join counted using (platform, cohort_month, step_number)
        window
            from_the_last as (partition by frame.platform, frame.cohort_month order by frame.step_number desc),
            in_the_month as (partition by frame.platform, frame.cohort_month)
    ),

    steps as (
        select
            *,
            'step_' || step_number as step,
            lag(visits_count) over (partition by platform, cohort_month order by step_number) as previous_visits_count
        from pages
        {% for step, reached_by_some_of in {"signed_up": "cohort_size", "generated": "signed_up"}.items() %}
            union all by name
            select
                * replace (step_number + {{ loop.index }} as step_number, {{ step }} as visits_count),
                '{{ step }}' as step,
                {{ reached_by_some_of }} as previous_visits_count
            from pages
            where is_last
        {% endfor %}
    ),

    shown as (
        select
            platform,
            cohort_month,
            step_number::integer as step_number,
            step,
            is_mature,
            visits_count,
            previous_visits_count,
            previous_visits_count - visits_count as drop_off_count,
            cohort_size,
            case when is_mature then {{ ratio("visits_count", "previous_visits_count", 100) }} end as conversion_pct,
            case when is_mature then {{ ratio("visits_count", "cohort_size", 100) }} end as reached_pct,
            case
                when not is_mature
                then 'not_mature'
                when least(cohort_size, previous_visits_count) = 0
                then 'zero_denominator'
            end as null_reason
        from steps
    )

select *
from shown

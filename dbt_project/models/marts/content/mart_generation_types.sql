{%- set ends = ["cancelled", "pending", "denied", "other"] %}

with
    outcomes as (
        select *, coalesce(source_type, generation_kind) as generation_type from {{ ref("generation_outcomes") }}
    ),

    attempt_tables as (select platform, is_present from {{ ref("dim_optional_fact") }} where fact_name = 'attempts'),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            outcomes.platform,
            case when grouping(dates.date_day) = 0 then 'day' else 'month' end as period_type,
            coalesce(dates.date_day, dates.month_start_date) as period_start,
            outcomes.generation_kind,
            outcomes.generation_type,
            grouping(dates.date_day) = 0 or bool_and(dates.is_month_complete) as is_complete,
            count(*) as attempts_count,
            count(*) filter (where outcomes.is_success) as successes_count,
            count(*) filter (where outcomes.is_failed) as failures_count,
            {% for end in ends %}
                count(*) filter (where outcomes.outcome = '{{ end }}') as {{ end }}_count {{- "," if not loop.last }}
            {% endfor %}
        from outcomes
        inner join dates on outcomes.reporting_date = dates.date_day
        group by
            grouping sets (
                (outcomes.platform, dates.date_day, outcomes.generation_kind, outcomes.generation_type),
                (outcomes.platform, dates.month_start_date, outcomes.generation_kind, outcomes.generation_type)
            )
    ),

    -- whether the platform keeps what failed: by its table of attempts, else because something did not succeed
    judged as (
        select
            counted.*,
            successes_count + failures_count as judged_count,
            coalesce(
                attempt_tables.is_present, sum(attempts_count) over by_platform > sum(successes_count) over by_platform
            ) as knows_failures
        from counted
        left join attempt_tables using (platform)
        window by_platform as (partition by platform)
    ),

    shown as (
        select
            * exclude (knows_failures),
            judged_count < 20 as is_small_base,
            case when knows_failures then {{ ratio("successes_count", "judged_count") }} end as success_rate,
            case
                when not knows_failures then 'no_source' when judged_count = 0 then 'zero_denominator'
            end as null_reason
        from judged
    )

select *
from shown

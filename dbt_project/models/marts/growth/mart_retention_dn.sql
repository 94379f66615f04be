{%- set days = [1, 7, 14, 30] %}
{%- set grains = ["day", "week", "month"] %}

with
    returns as (select * from {{ ref("signup_returns") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("users") }}),

    -- periods that began before the first reported day would miss some of their sign-ups
    periods as (
        select *
        from {{ ref("kpi_periods") }}
        where period_type in ('{{ grains | join("', '") }}') and period_start = first_day
    ),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    cohorts as (
        {% for grain in grains %}
            select
                platform,
                definition,
                '{{ grain }}' as cohort_grain,
                date_trunc('{{ grain }}', signup_date)::date as cohort_start,
                sum(cohort_size) as cohort_size,
                {% for n in days %}
                    sum(d{{ n }}_on_count) as d{{ n }}_on,
                    sum(d{{ n }}_on_or_after_count) as d{{ n }}_on_or_after {{ "," if not loop.last }}
                {% endfor %}
            from returns
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    frame as (
        select
            platforms.platform,
            periods.period_type as cohort_grain,
            periods.period_start as cohort_start,
            periods.period_end as cohort_end,
            definitions.definition,
            reported.last_day
        from platforms
        cross join periods
        cross join (select unnest(['any', 'core']) as definition) as definitions
        cross join reported
    ),

    -- day N of the last one to sign up has to be over
    counted as (
        select
            frame.* exclude (last_day),
            coalesce(cohorts.cohort_size, 0)::bigint as cohort_size,
            {% for n in days %}
                {%- set is_mature = "frame.cohort_end + " ~ n ~ " <= frame.last_day" %}
                {{ is_mature }} as is_d{{ n }}_mature,
                case when {{ is_mature }} then coalesce(cohorts.d{{ n }}_on, 0) end::bigint as d{{ n }}_on_count,
                case when {{ is_mature }} then coalesce(cohorts.d{{ n }}_on_or_after, 0) end::bigint
                as d{{ n }}_on_or_after_count {{ "," if not loop.last }}
            {% endfor %}
        from frame
        left join cohorts using (platform, cohort_grain, cohort_start, definition)
    ),

    rated as (
        select
            *,
            {% for n in days %}
                {% for kind in ["on", "on_or_after"] %}
                    {{ ratio("d" ~ n ~ "_" ~ kind ~ "_count", "cohort_size") }} as d{{ n }}_{{ kind }}_rate,
                {% endfor %}
            {% endfor %}
            case
                when cohort_size = 0 then 'zero_denominator' when not is_d30_mature then 'not_mature'
            end as null_reason
        from counted
    )

select *
from rated

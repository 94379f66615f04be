{{ config(materialized="view", schema="intermediate") }}

{%- set measures = kpi_measure_list() | selectattr("kind", "in", ["distinct", "quantile"]) | list %}

with
    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    periods as (select * from {{ ref("kpi_periods") }}),

    period_days as (
        select periods.period_type, periods.period_start, dates.date_day
        from periods
        inner join dates on dates.date_day between periods.first_day and periods.last_day
    ),

    -- of all rows of the period: distinct keys of two days don't add up, and a mean of quantiles is none
    {% for measure in measures %}
        {{ measure.id }} as (
            select
                counted.platform,
                '{{ measure.id }}' as measure_id,
                period_days.period_type,
                period_days.period_start,
                {% if measure.kind == "distinct" %} count(distinct counted.counted) as value
                {% else %} {{ rounded("quantile_cont(counted.counted::double, " ~ measure.value ~ ")") }} as value
                {% endif %}
            from
                (
                    select
                        platform,
                        {{ measure.day }} as date_day,
                        {{ measure.value if measure.kind == "distinct" else measure.of }} as counted
                        {{ kpi_rows(measure) }}
                ) as counted
            inner join period_days on counted.date_day = period_days.date_day
            where counted.counted is not null
            group by all
        ),
    {% endfor %}

    united as (
        {% for measure in measures %}
            select *
            from {{ measure.id }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    typed as (select * replace (value::decimal(18, 6) as value) from united)

select *
from typed

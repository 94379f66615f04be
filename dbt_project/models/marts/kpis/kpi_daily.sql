{{ config(materialized="view", schema="intermediate") }}

{%- set sums = kpi_measure_list() | selectattr("kind", "equalto", "sum") | list %}
{%- set spreads = kpi_measure_list() | selectattr("kind", "equalto", "spread") | list %}
{%- set combinations = kpi_measure_list() | selectattr("kind", "equalto", "combines") | list %}

with
    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    intervals as (select * from {{ ref("kpi_intervals") }}),

    -- one scan of a fact for all that is added up of it by the same day
    {% for scan, measures in sums | groupby("scan") %}
        {{ scan }} as (
            select
                platform,
                {{ measures[0].day }} as date_day,
                {% for measure in measures %}
                    (sum({{ measure.value }}) filter (where {{ measure.where }}))::decimal(18, 6) as {{ measure.id }}
                    {%- if not loop.last %},{% endif %}
                {% endfor %}
                {{ kpi_source(measures[0]) }}
            group by all
        ),
    {% endfor %}

    sums as (
        {% for scan, measures in sums | groupby("scan") %}
            select
                platform,
                unnest(['{{ measures | map(attribute="id") | join("', '") }}']) as measure_id,
                date_day,
                unnest([{{ measures | map(attribute="id") | join(", ") }}]) as value
            from {{ scan }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- what opened less what closed; what happened before the first day opens with it
    changes as (
        select platform, measure_id, greatest(from_date, (select min(date_day) from dates)) as date_day, value
        from intervals
        union all
        select platform, measure_id, greatest(to_date, (select min(date_day) from dates)), - value
        from intervals
        where to_date is not null
    ),

    daily_changes as (select platform, measure_id, date_day, sum(value) as change from changes group by all),

    measured as (select distinct platform, measure_id from intervals),

    levels as (
        select
            measured.platform,
            measured.measure_id,
            dates.date_day,
            sum(coalesce(daily_changes.change, 0)) over (
                partition by measured.platform, measured.measure_id order by dates.date_day
            )::decimal(18, 6) as value
        from measured
        cross join dates
        left join daily_changes using (platform, measure_id, date_day)
    ),

    {% for measure in spreads %} {{ measure.id }} as ({{ kpi_spread(measure) }}), {% endfor %}

    united as (
        select *
        from sums
        where value is not null and date_day in (select date_day from dates)
        union all
        select *
        from levels
        {% for measure in spreads %}
            union all
            select platform, '{{ measure.id }}', date_day, value
            from {{ measure.id }}
        {% endfor %}
    ),

    combinations as (
        {% for measure in combinations %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                date_day,
                sum(
                    value * case
                        measure_id
                        {% for part, factor in measure.parts %} when '{{ part }}' then {{ factor }} {% endfor %}
                    end
                ) as value
            from united
            where measure_id in ('{{ measure.parts | map("first") | join("', '") }}')
            group by all
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    typed as (
        select platform, measure_id, date_day, value::decimal(28, 12) as value
        from united
        union all
        select platform, measure_id, date_day, value::decimal(28, 12)
        from combinations
    )

select *
from typed

{{ config(materialized="view", schema="intermediate") }}

{%- set packs = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"} %}

with
    packs as (
        {% for pack, period_type in packs.items() %}
            select '{{ pack }}' as pack, '{{ period_type }}' as period_type
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    periods as (
        select *, lag(period_start) over by_period as previous_start, lag(period_end) over by_period as previous_end
        from {{ ref("kpi_periods") }}
        where is_complete
        window by_period as (partition by period_type order by period_start)
    ),

    -- a pack looks at the last period that is over
    latest as (
        select
            packs.pack,
            packs.period_type,
            periods.period_start,
            periods.period_end,
            periods.previous_start,
            periods.previous_end
        from packs
        inner join periods on packs.period_type = periods.period_type
        qualify row_number() over (partition by packs.pack order by periods.period_start desc) = 1
    )

select *
from latest

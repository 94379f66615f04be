{{ config(materialized="view", schema="intermediate") }}

{%- set lengths = {"day": "1 day", "week": "7 days", "month": "1 month", "quarter": "3 months"} %}

with
    dates as (select * from {{ ref("dim_date") }} where is_complete),

    period_days as (
        {% for period_type, length in lengths.items() %}
            {%- set start = "date_day" if period_type == "day" else period_type ~ "_start_date" %}
            {%- set is_complete = "true" if period_type == "day" else "is_" ~ period_type ~ "_complete" %}
            select
                '{{ period_type }}' as period_type,
                {{ start }} as period_start,
                ({{ start }} + interval {{ length }})::date - 1 as period_end,
                date_day,
                {{ is_complete }} as is_complete
            from dates
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    periods as (
        select period_type, period_start, period_end, is_complete, min(date_day) as first_day, max(date_day) as last_day
        from period_days
        group by period_type, period_start, period_end, is_complete
    )

select *
from periods

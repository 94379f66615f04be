{{ config(materialized="view", schema="intermediate") }}

{#- what a measure is made of, by the name under which systems feed it -#}
{%- set fed_by = {
    "dim_user": "users",
    "dim_user_history": "users",
    "dim_partner": "partners",
    "dim_partner_history": "partners",
    "dim_event": "events",
    "dim_event_history": "events",
    "dim_style_history": "styles",
    "fct_generations": "generations",
    "fct_user_day": "users",
    "kpi_payments": "payments",
} %}

with
    platforms as (select * from {{ ref("dim_platform") }}),

    feeds as (
        {% for measure in kpi_measure_list() %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                {{ measure.kind == "sum" }} as is_flow,
                {{ measure.needs_observation }} as needs_observation,
                {{ "closes" in measure or "within" in measure }} as is_state,
                {{ measure.days or 0 }} as window_days
            from platforms
            where platform in {{ feeding(fed_by[measure["from"]]) }}
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    )

select *
from feeds

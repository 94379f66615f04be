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
{%- set measures = kpi_measure_list() | rejectattr("kind", "equalto", "combines") | list %}
{%- set combinations = kpi_measure_list() | selectattr("kind", "equalto", "combines") | list %}

with
    platforms as (select * from {{ ref("dim_platform") }}),

    base_feeds as (
        {% for measure in measures %}
            {%- set name = fed_by[measure["from"]] %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                '{{ measure.kind }}' as kind,
                {{ is_lacking(name) }} as is_source_lacking,
                {{ measure.needs_observation }} as needs_observation,
                {{ "closes" in measure or "within" in measure }} as is_state,
                {{ measure.days or 0 }} as window_days
            from platforms
            where platform in {{ feeding(name) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- a combination is what its parts are, on platforms that feed them all
    combined_feeds as (
        {% for measure in combinations %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                min(kind) as kind,
                bool_or(is_source_lacking) as is_source_lacking,
                bool_or(needs_observation) as needs_observation,
                bool_or(is_state) as is_state,
                max(window_days) as window_days
            from base_feeds
            where measure_id in ('{{ measure.parts | map("first") | join("', '") }}')
            group by platform
            having count(*) = {{ measure.parts | length }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    feeds as (
        select *
        from base_feeds
        union all
        select *
        from combined_feeds
    )

select *
from feeds

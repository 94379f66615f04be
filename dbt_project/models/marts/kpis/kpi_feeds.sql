{{ config(materialized="view", schema="intermediate") }}

{#- what a measure is made of, by the name under which systems feed it -#}
{%- set fed_by = {
    "dim_user": "users",
    "dim_user_history": "users",
    "dim_user_balance_history": "users",
    "dim_partner": "partners",
    "dim_partner_history": "partners",
    "dim_event": "events",
    "dim_event_history": "events",
    "dim_style": "styles",
    "dim_style_history": "styles",
    "event_activity": "events",
    "fct_component_day": "uptime_checks",
    "fct_contract_intervals": "contract_observations",
    "fct_generation_attempts": "generation_attempts",
    "fct_generation_deletions": "generation_deletions",
    "fct_generations": "generations",
    "fct_partner_applications": "application_observations",
    "fct_sessions": "users",
    "fct_user_day": "users",
    "kpi_payments": "payments",
    "kpi_repeat_payers": "payments",
} %}
{#- and what of that a deployment may lack -#}
{%- set optional = {
    "fct_component_day": "uptime",
    "fct_contract_intervals": "contracts",
    "fct_generation_attempts": "attempts",
    "kpi_payments": "payments",
    "kpi_repeat_payers": "payments",
} %}
{%- set currencies = var("default_currencies").items() %}
{%- set measures = kpi_measure_list() | rejectattr("kind", "equalto", "combines") | list %}
{%- set combinations = kpi_measure_list() | selectattr("kind", "equalto", "combines") | list %}

with
    platforms as (select * from {{ ref("dim_platform") }}),

    optional_facts as (select * from {{ ref("dim_optional_fact") }}),

    measures as (
        {% for measure in measures %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                '{{ measure.kind }}' as kind,
                '{{ optional[measure["from"]] }}' as fact_name,
                {{ measure.needs_observation }} as needs_observation,
                {{ "closes" in measure or "within" in measure }} as is_state,
                {{ measure.days or 0 }} as window_days
            from platforms
            where
                platform in {{ feeding(fed_by[measure["from"]]) }}
                {% for dimension, _ in measure.joins or [] if dimension in fed_by %}
                    and platform in {{ feeding(fed_by[dimension]) }}
                {% endfor %}
                {% if measure.credits %} and platform in ('{{ var("credit_platforms") | join("', '") }}') {% endif %}
                {% if measure.currency %}  -- payments in pesos are no measure of a platform that is paid in dollars
                    and platform
                    in ('{{ currencies | selectattr(1, "equalto", measure.currency) | map("first") | join("', '") }}')
                {% endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    base_feeds as (
        select measures.* exclude (fact_name), coalesce(not optional_facts.is_present, false) as is_source_lacking
        from measures
        left join optional_facts using (platform, fact_name)
    ),

    -- a combination is what its parts are, on platforms that feed them all
    combined_feeds as (
        {% for measure in combinations %}
            select
                platform,
                '{{ measure.id }}' as measure_id,
                min(kind) as kind,
                bool_or(needs_observation) as needs_observation,
                bool_or(is_state) as is_state,
                max(window_days) as window_days,
                bool_or(is_source_lacking) as is_source_lacking
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

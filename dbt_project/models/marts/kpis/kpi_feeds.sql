{{ config(materialized="view", schema="intermediate") }}

with
    feeds as (
        {% for measure in kpi_measure_list() %}
            select distinct
                platform,
                '{{ measure.id }}' as measure_id,
                {{ measure.kind == "sum" }} as is_flow,
                {{ measure.needs_observation }} as needs_observation,
                {{ "closes" in measure or "within" in measure }} as is_state,
                {{ measure.days or 0 }} as window_days
            from {{ ref(measure["from"]) }}
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    )

select *
from feeds

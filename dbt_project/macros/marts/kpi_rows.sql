{#- The rows that a measure of the KPI catalogue is made of: `from`, joined to a dimension by its key if it asks for one. -#}
{% macro kpi_rows(measure) -%}
    from {{ ref(measure["from"]) }} as {{ measure["from"] }}
    {% if measure.join -%}
        inner join {{ ref(measure.join) }} as {{ measure.join }} using (platform, {{ measure.using }})
    {%- endif %}
    where ({{ measure.where }})
{%- endmacro %}

{#- The rows that a measure of the KPI catalogue is made of: `from`, joined to dimensions by their keys if it asks for any. -#}
{% macro kpi_source(measure) -%}
    from {{ ref(measure["from"]) }} as {{ measure["from"] }}
    {% for dimension, key in measure.joins or [] -%}
        inner join {{ ref(dimension) }} as {{ dimension }} using (platform, {{ key }})
    {%- endfor %}
{%- endmacro %}

{#- Those of them that its condition lets through. -#}
{% macro kpi_rows(measure) -%} {{ kpi_source(measure) }} where ({{ measure.where }}) {%- endmacro %}

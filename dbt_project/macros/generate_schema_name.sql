{#- A layer's schema is named as the layer is: `facts`, not `<target schema>_facts`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{- (custom_schema_name or target.schema) | trim -}}
{%- endmacro %}

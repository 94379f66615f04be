{#- The one surrogate key of the house: `<platform>:<id as text>`. NULL for a NULL id. -#}
{% macro platform_key(system, column) -%} '{{ system }}:' || {{ column }} {%- endmacro %}

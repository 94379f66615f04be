{#- A count that is 0 where there was nothing, and NULL where nobody could know. -#}
{% macro known_count(column, known) -%}
    case when {{ known }} then coalesce({{ column }}, 0) end::bigint as {{ column }}
{%- endmacro %}

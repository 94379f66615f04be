{#- Does the value break its rule? `comparison` and `threshold` are columns of alert_rules. -#}
{% macro alert_fires(value) -%}
    case
        comparison
        when '>'
        then {{ value }} > threshold
        when '>='
        then {{ value }} >= threshold
        when '<'
        then {{ value }} < threshold
    end
{%- endmacro %}

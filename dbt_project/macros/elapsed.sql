{#-
How long it took from one instant to another, in whole units of so many microseconds; NULL if it ended before it began, as clocks differ.
date_diff counts the borders between them: from 0.9996 s to 1.0001 s it would be a millisecond.
-#}
{% macro elapsed(began_at, ended_at, unit_us) -%}
    case
        when {{ ended_at }} >= {{ began_at }}
        then divide(epoch_us({{ ended_at }}) - epoch_us({{ began_at }}), {{ unit_us }})
    end
{%- endmacro %}

{% macro elapsed_ms(began_at, ended_at) -%} {{ elapsed(began_at, ended_at, 1000) }} {%- endmacro %}

{% macro elapsed_seconds(began_at, ended_at) -%} {{ elapsed(began_at, ended_at, 1000000) }} {%- endmacro %}

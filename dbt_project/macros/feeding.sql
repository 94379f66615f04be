{#- The systems that feed a fact or dimension, as an SQL list. A platform of them has zeros where nothing happened. -#}
{% macro feeding(name) -%} ('{{ var("fact_systems")[name] | join("', '") }}') {%- endmacro %}

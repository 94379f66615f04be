{#- The rows of a fact or dimension over all source systems that feed it: int_<system>__<name>, united by column name. -#}
{% macro union_systems(name) %}
    {% for system in var("fact_systems")[name] %}
        select *
        from {{ ref("int_" ~ system ~ "__" ~ name) }}
        {% if not loop.last %}
            union all by name
        {% endif %}
    {% endfor %}
{% endmacro %}

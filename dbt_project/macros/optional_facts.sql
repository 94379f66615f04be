{#-
Which facts of a system have their source, in the shape of dim_optional_fact. `needed` names the table that a deployment may lack
for each fact: a table is there when the last load found one of its columns.
-#}
{% macro optional_facts(system, needed) %}
    select
        '{{ system }}' as platform, needed.fact_name, coalesce(bool_or(source_columns.is_present), false) as is_present
    from
        (
            select unnest({{ needed.keys() | list }}) as fact_name, unnest({{ needed.values() | list }}) as table_name
        ) as needed
    left join
        {{ source("meta", "source_columns") }} as source_columns
        on source_columns.system = '{{ system }}'
        and needed.table_name = source_columns.table_name
    group by needed.fact_name
{% endmacro %}

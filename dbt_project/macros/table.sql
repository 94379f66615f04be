{#-
How a model becomes a table, in place of the adapter's way, which builds beside the table, renames twice and drops: four
statements more for each of many small tables. One transaction here, so readers and a killed run still find the table of before.
Every table of this project has a contract, from which its columns and constraints come, and a key (meta.grain), which is proven
before the table of before is gone: no test of its own then has to find what should never have been there. That the query has
the contract's columns and types is asked in a full build: they follow from the code, and with new code a build is full.
-#}
{% materialization table, adapter = "duckdb" %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") %}
        {{ get_assert_columns_equivalent(compiled_code) if existing is none or flags.FULL_REFRESH }}
        {{ "drop view " ~ existing ~ ";" if existing is not none and existing.is_view }}
        create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
        insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }});
        {{ assert_key(target, config.get("meta").grain) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{#- An error unless the key's columns are never NULL and no two rows share them. -#}
{% macro assert_key(relation, columns) %}
    {%- set key = columns | join(", ") -%}
    select
        case
            when count(*) > 0
            then
                error(
                    '{{ relation.name }}: '
                    || count(*)
                    || ' values of its key ({{ key }}) are NULL or stand in several rows'
                )
        end
    from
        (
            select 1
            from {{ relation }}
            group by {{ key }}
            having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}
        )
{%- endmacro %}

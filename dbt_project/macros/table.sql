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
        {{ created_in_full(target, existing, existing is none or flags.FULL_REFRESH) }}
        {{ assert_key(target, config.get("meta").grain) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{#-
The same for a fact by reporting day: a build deletes the touched days (touched_days.sql) and inserts what belongs to them now,
so that a day that lost all its rows becomes empty too. The adapter would write these rows to a table of their own first.
`unique_key` names the column of the day.
-#}
{% materialization incremental, adapter = "duckdb" %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") %}
        {% if is_incremental() %}
            delete from {{ target }}
            where {{ is_touched(config.get("unique_key")) }}
            ;
            {{ inserted(target) }}
        {% else %} {{ created_in_full(target, existing, true) }}
        {% endif %}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{% macro created_in_full(target, existing, is_asked) %}
    {{ get_assert_columns_equivalent(compiled_code) if is_asked }}
    {{ "drop view " ~ existing ~ ";" if existing is not none and existing.is_view }}
    create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
    {{ inserted(target) }}
{% endmacro %}

{% macro inserted(target) -%}
    insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }});
{%- endmacro %}

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

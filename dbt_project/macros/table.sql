{#-
How a model becomes a table, in place of the adapter's way, which builds beside the table, renames twice and drops: four
statements more for each of many small tables. One transaction here, so readers and a killed run still find the table of before.
Every table of this project has a contract, from which its columns and constraints come.
-#}
{% materialization table, adapter = "duckdb" %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") %}
        {{ get_assert_columns_equivalent(compiled_code) }}
        {{ "drop view " ~ existing ~ ";" if existing is not none and existing.is_view }}
        create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
        insert into {{ target }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }})
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

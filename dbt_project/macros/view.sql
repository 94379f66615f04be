{#-
How a model becomes a view, in place of dbt's way, which creates it beside the view of before, renames twice and drops.
The contract's columns and types are asked of the query, as for a table (table.sql).
-#}
{% materialization view, adapter = "duckdb" %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ "drop table " ~ existing ~ ";" if existing is not none and existing.is_table }}
        create or replace view {{ target }} as ({{ sql }});
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

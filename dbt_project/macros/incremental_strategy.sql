{#- dbt calls this for incremental_strategy='touched_days'; unique_key names the day column. See touched_days.sql. -#}
{% macro get_incremental_touched_days_sql(arg_dict) %}
    {% set target = arg_dict["target_relation"] %}
    {% set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) %}
    {% set touched %}
        select day from {{ source("meta", "rebuild_days") }}
    {% endset %}

    {{ "delete from " ~ target ~ " where " ~ arg_dict["unique_key"] ~ " in (" ~ touched ~ ");" }}
    {{ "insert into " ~ target ~ " (" ~ columns ~ ") select " ~ columns ~ " from " ~ arg_dict["temp_relation"] }}
{% endmacro %}

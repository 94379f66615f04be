{#-
Incremental by reporting day. The loader lists the days whose rows changed in meta.rebuild_days; a build deletes exactly these
days and inserts what belongs to them now, so that a day that lost all its rows becomes empty too.
-#}

{#- The `where` of an incremental model. source() stands outside the `if`: inside, dbt would not see the dependency. -#}
{% macro where_touched(day="reporting_date") -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if is_incremental() %} where {{ day }} in (select day from {{ rebuild_days }}) {%- endif -%}
{%- endmacro %}

{#- dbt calls this for incremental_strategy='touched_days'; unique_key names the day column. -#}
{% macro get_incremental_touched_days_sql(arg_dict) %}
    {%- set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    delete from {{ arg_dict["target_relation"] }}
    where {{ arg_dict["unique_key"] }} in (select day from {{ source("meta", "rebuild_days") }});
    insert into {{ arg_dict["target_relation"] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict["temp_relation"] }}
{% endmacro %}

{#-
Incremental by reporting day. The loader lists the days whose rows changed in meta.rebuild_days; a build deletes exactly these
days and inserts what belongs to them now, so that a day that lost all its rows becomes empty too.
-#}
{#- The condition of an incremental model. source() stands outside the `if`: inside, dbt would not see the dependency. -#}
{% macro is_touched(day="reporting_date") -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if is_incremental() -%} {{ day }} in (select day from {{ rebuild_days }})
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#-
Incremental by reporting day. The loader lists the days whose rows changed in meta.rebuild_days; a build deletes exactly these
days and inserts what belongs to them now, so that a day that lost all its rows becomes empty too.
-#}
{#-
The condition of an incremental model. With an instant it first skips what lies far from every touched day, before any instant is
turned into a day. source() stands outside the `if`: inside, dbt would not see the dependency.
-#}
{% macro is_touched(day="reporting_date", instant=none) -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if not is_incremental() -%} true
    {%- elif instant -%}
        {{ instant }} >= (select min(day) - interval 2 days from {{ rebuild_days }})
        and {{ instant }} < (select max(day) + interval 2 days from {{ rebuild_days }})
        and {{ day }} in (select day from {{ rebuild_days }})
    {%- else -%} {{ day }} in (select day from {{ rebuild_days }})
    {%- endif -%}
{%- endmacro %}

{#- For tests: the days that this build rebuilt, which in a full build are all. Costs what the days cost, not the history. -#}
{% macro was_rebuilt(day, instant=none) -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if flags.FULL_REFRESH -%} true
    {%- elif not instant -%} {{ day }} in (select day from {{ rebuild_days }})
    {%- else -%}
        {{ instant }} >= (select min(day) - interval 2 days from {{ rebuild_days }})
        and {{ instant }} < (select max(day) + interval 2 days from {{ rebuild_days }})
        and {{ day }} in (select day from {{ rebuild_days }})
    {%- endif -%}
{%- endmacro %}

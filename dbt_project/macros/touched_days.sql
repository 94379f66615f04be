{#-
Incremental by reporting day. The loader lists the days whose rows changed in meta.rebuild_days; a build makes exactly these
days again (the materialization `incremental` in table.sql).
-#}
{#- The condition of an incremental model. source() stands outside the `if`: inside, dbt would not see the dependency. -#}
{% macro is_touched(day="reporting_date") -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if is_incremental() -%} {{ day }} in (select day from {{ rebuild_days }})
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#- Whether an instant is so near the touched days that it may belong to one, in whatever zone. -#}
{% macro is_near(instant) -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {{ instant }} >= (select min(day) - interval 2 days from {{ rebuild_days }})
    and {{ instant }} < (select max(day) + interval 2 days from {{ rebuild_days }})
{%- endmacro %}

{#-
The CTEs that end in `touched`: the rows that the systems have of a fact, dated by an instant, on the days to build. What lies far
from every touched day is skipped before any instant is turned into a day, and before any column is worked out: what is near
is materialized, because the optimizer would join the days first. A model with rows of two facts gives the second names of their own.
-#}
{% macro touched_rows(name, instant, prefix="") -%}
    {{ prefix }}unioned as ({{ union_systems(name) }}),

    {% if is_incremental() -%}
        {{ prefix }}near as materialized(
            select * from {{ prefix }}unioned where {{ instant }} < {{ as_of() }} and {{ is_near(instant) }}
        ),
    {%- else -%} {{ prefix }}near as (select * from {{ prefix }}unioned where {{ is_past(instant) }}),
    {%- endif %}

    {{ prefix }}dated as (select *, {{ reporting_date(instant) }} as reporting_date from {{ prefix }}near),

    {{ prefix }}touched as (select * from {{ prefix }}dated where {{ is_touched() }})
{%- endmacro %}

{#- For tests: the days that this build rebuilt, which in a full build are all. Costs what the days cost, not the history. -#}
{% macro was_rebuilt(day, instant=none) -%}
    {%- set rebuild_days = source("meta", "rebuild_days") -%}
    {%- if flags.FULL_REFRESH -%} true
    {%- elif not instant -%} {{ day }} in (select day from {{ rebuild_days }})
    {%- else -%} {{ is_near(instant) }} and {{ day }} in (select day from {{ rebuild_days }})
    {%- endif -%}
{%- endmacro %}

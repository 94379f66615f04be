{#- What a build is told through meta.build. No model reads the wall clock: `as_of` is the only "now". -#}
{#- End of the reported day, exclusive: rows at or after it wait for the next night. -#}
{% macro as_of() -%} (select as_of from {{ source("meta", "build") }}) {%- endmacro %}

{#-
Whether an instant lies before `as_of`; `unknown` is what is said of one that nobody knows. A bare comparison would take as long as all
else that a fact of millions of rows needs: see DECISIONS.
-#}
{% macro is_past(instant, unknown=false) -%} coalesce({{ instant }} < {{ as_of() }}, {{ unknown }}) {%- endmacro %}

{#- The reporting day of an instant. The only place where an instant becomes a day. -#}
{% macro reporting_date(instant) -%}
    ({{ instant }} at time zone(select reporting_timezone from {{ source("meta", "build") }}))::date
{%- endmacro %}

{#- The reporting day that a load reported: a load's as_of is the end of its day, exclusive. -#}
{% macro observed_date(observed_at) -%}
    {{ reporting_date("(" ~ observed_at ~ " - interval 1 microsecond)") }}
{%- endmacro %}

{#- The instant at which a reporting day begins; the one before it ends there. -#}
{% macro day_start(day) -%}
    (({{ day }})::timestamp at time zone(select reporting_timezone from {{ source("meta", "build") }}))
{%- endmacro %}

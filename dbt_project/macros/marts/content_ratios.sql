{#- Why a ratio of the content marts is NULL: the source does not have what it is made of, or nothing is there to divide by. -#}
{% macro content_null_reason(numerator, denominator) -%}
    case
        when {{ numerator }} is null or {{ denominator }} is null
        then 'no_source'
        when {{ denominator }} = 0
        then 'zero_denominator'
    end
{%- endmacro %}

{#-
Days and months in one pass, each by kind and over all kinds: the key columns, and the GROUP BY that they need. Percentiles and distinct
counts of a month are taken from its rows, not from its days. Needs the columns reporting_date, month_start_date, generation_kind.
-#}
{% macro content_period_keys() -%}
    platform,
    case when grouping(reporting_date) = 0 then 'day' else 'month' end as period_type,
    coalesce(reporting_date, month_start_date) as period_start,
    coalesce(generation_kind, 'all') as generation_kind
{%- endmacro %}

{% macro content_period_sets() -%}
    grouping sets (
        (platform, reporting_date, generation_kind),
        (platform, reporting_date),
        (platform, month_start_date, generation_kind),
        (platform, month_start_date)
    )
{%- endmacro %}

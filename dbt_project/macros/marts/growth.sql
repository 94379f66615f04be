{#-
What <name> grew by, as three columns: <name>_growth_pct, why it is NULL, and whether it grew from so few that a few more look like
much. `compares_sums`: the previous value is a sum over a period, which may have been reported in part; a stock at its end is whole.
`of_period`: the value is of the row's period, which may not be over; a window that ends with the last reported day always is.
-#}
{% macro growth(name, value, previous, missing="no_previous_period", compares_sums=false, of_period=true) %}
    {%- set reason -%}
        case
            {% if of_period -%} when not is_complete then 'incomplete_period' {%- endif %}
            when {{ previous }} is null then '{{ missing }}'
            {% if compares_sums -%} when not is_previous_complete then 'incomplete_previous_period' {%- endif %}
            when {{ previous }} = 0 then 'zero_denominator'
        end
    {%- endset -%}
    case
        when ({{ reason }}) is null then {{ ratio("(" ~ value ~ ") - (" ~ previous ~ ")", previous, 100) }}
    end as {{ name }}_growth_pct,
    {{ reason }} as {{ name }}_null_reason,
    coalesce({{ previous }} < 20, false) as is_{{ name }}_small_base
{% endmacro %}

{#- The currency that a platform is paid in, as a SELECT of (platform, currency). -#}
{% macro platform_currencies() %}
    {% for platform, currency in var("default_currencies").items() %}
        select '{{ platform }}' as platform, '{{ currency }}' as currency
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
{% endmacro %}

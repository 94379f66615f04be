{#-
The segment of a partner as of a day, the same for mart_partner_360 and mart_partner_months: the first that matches, none for a partner
that left. Needs the columns is_active, days_since_first_seen, events_90d and usage_pct; `month` is the number of events that started
in the last month that is over.
-#}
{% macro partner_segment(month) -%}
    case
        when not is_active
        then null
        when days_since_first_seen < 30
        then 'new'
        when events_90d = 0
        then 'dormant'
        when {{ month }} >= 10 and usage_pct >= 80
        then 'power'
        when {{ month }} >= 3 and usage_pct >= 50
        then 'active'
        when {{ month }} >= 1
        then 'occasional'
        else 'lapsing'
    end
{%- endmacro %}

{#- Whether the requirement's literal rule holds too. It has no rule for `lapsing` and `new`. -#}
{% macro is_partner_segment_exact(segment, month) -%}
    case
        {{ segment }}
        when 'power'
        then true
        when 'active'
        then {{ month }} <= 9 and usage_pct <= 80
        when 'occasional'
        then coalesce({{ month }} <= 2 and usage_pct < 50, false)
        when 'dormant'
        then true
        when 'lapsing'
        then false
        when 'new'
        then false
    end
{%- endmacro %}

{#- The band of a percentage of consumption, by a row of kpi_bands. -#}
{% macro consumption_band(usage_pct, bands) -%}
    case
        when {{ usage_pct }} is null
        then null
        when {{ usage_pct }} < {{ bands }}.poor_below or {{ usage_pct }} > {{ bands }}.poor_above
        then 'poor'
        when {{ usage_pct }} < {{ bands }}.good_from or {{ usage_pct }} > {{ bands }}.good_to
        then 'watch'
        else 'good'
    end
{%- endmacro %}

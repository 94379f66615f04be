{#- The band of photos per event: by the target of the event type, else by the row of kpi_bands that holds for all. -#}
{% macro engagement_band(photos_per_event, targets, bands) -%}
    case
        when {{ photos_per_event }} is null
        then null
        when {{ photos_per_event }} < coalesce({{ targets }}.poor_below, {{ bands }}.poor_below)
        then 'poor'
        when {{ photos_per_event }} < coalesce({{ targets }}.good_from, {{ bands }}.good_from)
        then 'watch'
        else 'good'
    end
{%- endmacro %}

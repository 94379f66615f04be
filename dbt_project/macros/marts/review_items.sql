{#-
The CTEs `sections` as items of a review, all in one shape: what a section does not say is NULL. `owner` is for sections that do not
name one.
-#}
{% macro review_items(sections, owner=none) %}
    select
        null::varchar as platform,
        null::varchar as pack,
        null::varchar as section,
        null::varchar as item_key,
        null::varchar as item_title,
        null::double as value,
        null::varchar as unit,
        null::varchar as null_reason,
        null::double as previous_value,
        null::varchar as band,
        null::varchar as previous_band,
        null::double as sort_value,
        null::varchar as look_at,
        null::varchar as recommended_action,
        null::varchar as owner
    where false
    {% for section in sections %}
        union all by name
        select *{% if owner %}, '{{ owner }}' as owner{% endif %}
        from {{ section }}
    {% endfor %}
{% endmacro %}

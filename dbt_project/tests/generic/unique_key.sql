{#- The key of a model: its columns are never NULL, and no two rows share them. One pass for both. -#}
{% test unique_key(model, columns) %}
    select {{ columns | join(", ") }}, count(*) as key_rows
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}
{% endtest %}

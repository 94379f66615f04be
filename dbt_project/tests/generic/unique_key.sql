{#-
The key of a model: its columns are never NULL, and no two rows share them. With the day of an incremental model only keys of
rebuilt days are looked for, among all rows: the others were proven before, and a day costs what it has, not the history.
-#}
{% test unique_key(model, columns, day=none) %}
    select {{ columns | join(", ") }}, count(*) as key_rows
    from {{ model }} as found
    {% if day %}
        where
            exists (
                select 1
                from {{ model }} as rebuilt
                where
                    {{ was_rebuilt("rebuilt." ~ day) }}
                    {% for column in columns %}
                        and rebuilt.{{ column }} is not distinct from found.{{ column }}
                    {% endfor %}
            )
    {% endif %}
    group by {{ columns | join(", ") }}
    having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}
{% endtest %}

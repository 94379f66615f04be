{#-
One row per account ever seen, in the shape of dim_user: the last known state of its observations, what it began as, and the columns
that the system has for it besides.
-#}
{% macro users(observations, columns=[]) %}
    select
        user_key,
        platform,
        user_id,
        user_type,
        first_value(user_type) over by_load as first_user_type,
        known_since as signed_up_at,
        {% for column in columns %} {{ column }}, {% endfor %}
        is_deleted,
        observed_at
    from {{ observations }}
    window by_load as (partition by user_key order by load_id)
    qualify row_number() over (partition by user_key order by load_id desc) = 1
{% endmacro %}

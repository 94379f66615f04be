with
    rows_found as (
        {% for dimension in ["dim_user", "dim_partner", "dim_client", "dim_event", "dim_style"] %}
            select distinct platform
            from {{ ref(dimension) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    platforms as (select distinct platform from rows_found)

select *
from platforms

-- Why: dimensions are read from the archive, whose last observation of a key must be its raw row. What raw
-- holds exists in its dimension, and what a dimension calls existing is in raw; otherwise the archive lost a
-- state, and a rebuild would lose it too.
{{ config(meta={"dagster": {"ref": {"name": "dim_user"}}}) }}
{% set dimensions = [
    ("dim_user", "user_id", "profiles", "true"),
    ("dim_partner", "partner_id", "partners", "not is_virtual"),
    ("dim_client", "client_id", "clients", "true"),
    ("dim_event", "event_id", "events", "true"),
] %}

{% for dimension, id, table, is_row in dimensions %}
    select '{{ dimension }}' as dimension, coalesce(source_rows.id::varchar, dimension.{{ id }}) as id
    from {{ source("raw_photobooth", table) }} as source_rows
    full outer join
        (
            select * from {{ ref(dimension) }} where platform = 'photobooth' and not is_deleted and {{ is_row }}
        ) as dimension
        on source_rows.id::varchar = dimension.{{ id }}
    where
        source_rows.id is null or (dimension.{{ id }} is null and {{ is_past("source_rows.created_at", unknown=true) }})
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}

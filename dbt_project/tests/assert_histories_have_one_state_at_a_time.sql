-- Why: whoever joins a history by date must find exactly one state. The stretches of a key follow each other
-- without gap or overlap, the last is open and current, no two neighbours are equal, and every row of the
-- dimension has a history.
{{ config(meta={"dagster": {"ref": {"name": "dim_partner_history"}}}) }}
{% set histories = [
    ("dim_user", "dim_user_history", "user_key", ["user_type", "is_deleted"]),
    ("dim_user", "dim_user_balance_history", "user_key", ["user_type", "is_deleted", "credits_balance"]),
    (
        "dim_partner",
        "dim_partner_history",
        "partner_key",
        ["is_active", "is_virtual", "is_deleted", "credits_total", "credits_allocated"],
    ),
    (
        "dim_event",
        "dim_event_history",
        "event_key",
        ["is_active", "is_deleted", "credits_allocated", "credits_used"],
    ),
    (
        "dim_style",
        "dim_style_history",
        "style_key",
        ["is_active_own", "is_active", "is_premium", "category", "is_deleted"],
    ),
] %}

{% for dimension, history, key, attributes in histories %}
    select '{{ history }}' as dimension, coalesce(history.{{ key }}, dimension.{{ key }}) as key
    from
        (
            select
                *,
                lead(valid_from) over by_start as next_from,
                lead(valid_from_date) over by_start as next_from_date,
                row({{ attributes | join(", ") }}) as state,
                lead(row({{ attributes | join(", ") }})) over by_start as next_state
            from {{ ref(history) }}
            window by_start as (partition by {{ key }} order by valid_from)
        ) as history
    full outer join {{ ref(dimension) }} as dimension on history.{{ key }} = dimension.{{ key }}
    where
        history.{{ key }} is null
        or dimension.{{ key }} is null
        or history.valid_to is distinct from history.next_from
        or history.valid_to_date is distinct from history.next_from_date
        or history.valid_to <= history.valid_from
        or history.valid_to_date < history.valid_from_date
        or history.is_current <> (history.valid_to is null)
        or history.state = history.next_state
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}

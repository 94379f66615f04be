with
    periods as (select * from {{ ref("review_periods") }}),

    items as (
        {% for source in ["kpis", "alerts", "uptime", "services", "partners", "plans"] %}
            select *
            from {{ ref("review_" ~ source) }}
            {% if not loop.last %}
                union all by name
            {% endif %}
        {% endfor %}
    ),

    shown as (
        select
            items.platform,
            items.pack,
            periods.period_start,
            periods.period_end,
            items.section,
            row_number() over (
                partition by items.platform, items.pack, items.section order by items.sort_value, items.item_key
            )::integer as item_rank,
            items.item_key,
            items.item_title,
            {{ rounded("items.value") }} as value,
            items.unit,
            items.null_reason,
            {{ rounded("items.previous_value") }} as previous_value,
            {{ rounded("items.value::double - items.previous_value::double") }} as delta_abs,
            case
                when items.previous_value > 0
                then
                    {{
                        ratio(
                            "items.value::double - items.previous_value::double",
                            "items.previous_value",
                            100,
                            digits=4,
                        )
                    }}
            end as delta_pct,
            items.band,
            items.previous_band,
            coalesce(items.band <> items.previous_band, false) as is_band_changed,
            items.look_at,
            items.recommended_action,
            items.owner
        from items
        inner join periods on items.pack = periods.pack
    )

select *
from shown

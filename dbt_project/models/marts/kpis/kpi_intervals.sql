{{ config(materialized="table", schema="intermediate") }}

{%- set measures = kpi_measure_list() | selectattr("kind", "in", ["stock", "window"]) | list %}

with
    {% for measure in measures %}
        {% if measure.kind == "stock" %}
            {{ measure.id }} as (
                select
                    platform,
                    {{ measure.key }} as member_key,
                    {{ measure.opens }} as from_date,
                    {{ measure.closes or "null::date" }} as to_date,
                    {{ measure.value }} as value
                    {{ kpi_rows(measure) }} and {{ measure.opens }} is not null
            ),
        {% else %}
            {{ measure.id }}_days as (
                select distinct
                    platform,
                    {{ measure.key }} as member_key,
                    {{ measure.day }} as date_day
                    {{ kpi_rows(measure) }} and {{ measure.key }} is not null and {{ measure.day }} is not null
            ),

            {{ measure.id }}_windows as (
                {{ merged_windows(measure.id ~ "_days", ["platform", "member_key"], "date_day", measure.days) }}
            ),

            {{ measure.id }} as (
                {% if measure.within %}
                    -- only while the key is in {{ measure.within }}
                    select
                        windows.platform,
                        windows.member_key,
                        greatest(windows.from_date, stock.from_date) as from_date,
                        least(windows.to_date, coalesce(stock.to_date, windows.to_date)) as to_date,
                        1 as value
                    from {{ measure.id }}_windows as windows
                    inner join
                        {{ measure.within }} as stock
                        on windows.platform = stock.platform
                        and windows.member_key = stock.member_key
                        and windows.from_date < coalesce(stock.to_date, windows.to_date)
                        and stock.from_date < windows.to_date
                {% else %}select platform, member_key, from_date, to_date, 1 as value from {{ measure.id }}_windows
                {% endif %}
            ),
        {% endif %}
    {% endfor %}

    united as (
        {% for measure in measures %}
            select '{{ measure.id }}' as measure_id, *
            from {{ measure.id }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    typed as (
        select platform, measure_id, member_key, from_date, to_date, value::decimal(18, 6) as value
        from united
        where to_date is null or from_date < to_date
    )

select *
from typed

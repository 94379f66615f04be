{#-
How evenly the rows of the last N days spread over the keys, per platform and day: Shannon's entropy in nats, its maximum ln(keys of
the stock `within`), Simpson's number rows x (1 - sum of squared shares), or just the rows. Each term is rounded and summed as
DECIMAL, so that the order of adding can't change the result, and to twelve digits, because the results are still divided. Needs the
CTEs `dates`, `intervals` and `levels`.
-#}
{% macro kpi_spread(measure) %}
    {%- set formulas = {
        "entropy": rounded(
            "greatest(least(ln(sum(uses)) - sum((uses * ln(uses))::decimal(38, 12))::double / sum(uses), ln(count(*))), 0)",
            12,
        ),
        "max_entropy": rounded("ln(any_value(stocks.value))", 12),
        "simpson": rounded("sum(uses) - sum(uses * uses) / sum(uses)", 12),
        "rows": "sum(uses)",
    } %}
    select platform, date_day, ({{ formulas[measure.value] }})::decimal(28, 12) as value
    from
        (
            select
                platform,
                member_key,
                date_day,
                sum(uses) over (
                    partition by platform, member_key
                    order by date_day rows between {{ measure.days - 1 }} preceding and current row
                )::bigint as uses
            from
                (
                    select keys.platform, keys.member_key, dates.date_day, coalesce(counts.uses, 0) as uses
                    from (select distinct platform, {{ measure.key }} as member_key {{ kpi_rows(measure) }}) as keys
                    cross join dates
                    left join
                        (
                            select
                                platform,
                                {{ measure.key }} as member_key,
                                {{ measure.day }} as date_day,
                                count(*) as uses
                                {{ kpi_rows(measure) }}
                            group by all
                        ) as counts using (platform, member_key, date_day)
                ) as grid
        ) as rolling
    {% if measure.within -%}
        inner join (select * from levels where measure_id = '{{ measure.within }}') as stocks using (platform, date_day)
    {%- endif %}
    where
        uses > 0
        {% if measure.within -%}
            and exists (
                select 1
                from intervals
                where
                    intervals.measure_id = '{{ measure.within }}'
                    and intervals.platform = rolling.platform
                    and intervals.member_key = rolling.member_key
                    and intervals.from_date <= rolling.date_day
                    and coalesce(intervals.to_date > rolling.date_day, true)
            )
        {%- endif %}
    group by platform, date_day
{% endmacro %}

{#- Rows of a mart by month and in all: each of the `platforms` (a CTE) with every month that has a reported day, and once with all. -#}
{% macro months_and_all(platforms) %}
    select platform, 'all' as month_or_all, null::date as month_start_date, null::boolean as is_complete
    from {{ platforms }}
    union all
    select
        {{ platforms }}.platform,
        strftime(months.month_start_date, '%Y-%m'),
        months.month_start_date,
        months.is_complete
    from {{ platforms }}
    cross join
        (
            select distinct month_start_date, is_month_complete as is_complete
            from {{ ref("dim_date") }}
            where is_complete
        ) as months
{% endmacro %}

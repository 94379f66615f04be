{#- metric: up to here it is good, from there on it is poor; milliseconds, of cls a ratio -#}
{%- set borders = {
    "lcp": (2500, 4000),
    "fid": (100, 300),
    "inp": (200, 500),
    "cls": (0.1, 0.25),
    "fcp": (1800, 3000),
    "ttfb": (800, 1800),
} %}
{%- set percentiles = [50, 75, 95] %}

with
    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- by the instant: the days of older ones need not be worked out
    measurements as (
        select *
        from {{ ref("fct_page_measurements") }}
        where measured_at >= (select {{ day_start("last_day - " ~ (var("log_days") - 1)) }} from reported)
    ),

    counted as (
        select
            platform,
            reporting_date as date_day,
            page,
            device_type,
            page_metric,
            page_metric = 'js_error' as is_error,
            count(*) as measurements_count,
            count(*) filter (is_of_loading) as loadings_count,
            sum(coalesce(measured_value, 1)) as errors_sum,
            {% for percentile in percentiles %}
                quantile_cont(measured_value::double, {{ percentile / 100 }}) as value_p{{ percentile }}
                {{ "," if not loop.last }}
            {% endfor %}
        from measurements
        group by platform, reporting_date, page, device_type, page_metric
    ),

    -- a load is measured by several metrics, of which a browser may leave out some: so it is the most frequent one
    loaded as (
        select *, max(loadings_count) over by_page as loads_count
        from counted
        window by_page as (partition by platform, date_day, page, device_type)
    ),

    shown as (
        select
            platform,
            date_day,
            page,
            device_type,
            page_metric,
            measurements_count,
            measurements_count < 50 as is_small_base,
            loads_count,
            {% for percentile in percentiles %}
                case when not is_error then {{ rounded("value_p" ~ percentile) }} end as value_p{{ percentile }},
            {% endfor %}
            case
                when is_error or value_p75 is null
                then null
                {% for metric, (good, poor) in borders.items() %}
                    when page_metric = '{{ metric }}'
                    then
                        case
                            when value_p75 <= {{ good }}
                            then 'good'
                            when value_p75 <= {{ poor }}
                            then 'needs_improvement'
                            else 'poor'
                        end
                {% endfor %}
            end as page_rating,
            case when is_error then errors_sum::bigint end as errors_count,
            case when is_error then {{ ratio("errors_sum", "loads_count") }} end as errors_per_load,
            case
                when is_error and loads_count = 0
                then 'zero_denominator'
                when not is_error and value_p75 is null
                then 'no_rows'
            end as null_reason
        from loaded
    )

select *
from shown

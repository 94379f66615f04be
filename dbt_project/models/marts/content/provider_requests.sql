{{ config(materialized="view", schema="intermediate") }}

{%- set days = 30 %}
{%- set percentiles = [50, 90, 95, 99] %}

with
    dates as (
        select date_day, day_starts_at, day_ends_at
        from {{ ref("dim_date") }}
        where is_complete
        qualify date_day > max(date_day) over () - {{ days }}
    ),

    requests as (
        select * replace (coalesce(provider, 'unknown') as provider)
        from {{ ref("fct_api_requests") }}
        where reporting_date in (select date_day from dates)
    ),

    period as (
        select
            count(*) as days_count,
            sum({{ elapsed("day_starts_at", "day_ends_at", 60000000) }})::bigint as minutes_count
        from dates
    ),

    counted as (
        select
            platform,
            service_type,
            provider,
            count(*) as requests_count,
            count(*) filter (where is_success) as successes_count,
            -- a log tells what failed; of metered requests it is whatever did not succeed
            count(*) filter (where is_failed or (is_metered and not is_success)) as failures_count,
            count(*) filter (where outcome = 'failed') as failed_count,
            count(*) filter (where is_rate_limited) as rate_limited_count,
            count(request_latency_ms) filter (where is_success) as latency_count,
            sum(request_latency_ms) filter (where is_success)::bigint as latency_ms_sum,
            -- the errors of doubles are past the ninth digit: without them equal percentiles are equal
            {% for percentile in percentiles %}
                {{
                    rounded(
                        "quantile_cont(request_latency_ms, " ~ percentile / 100 ~ ") filter (where is_success)", 9
                    )
                }} as latency_p{{ percentile }}_ms,
            {% endfor %}
            sum(cost_usd)::decimal(18, 6) as cost_usd,
            sum(input_tokens)::bigint as input_tokens,
            sum(output_tokens)::bigint as output_tokens
        from requests
        group by all
    ),

    -- of several minutes the first
    peaks as (
        select
            platform,
            service_type,
            provider,
            date_trunc('minute', requested_at) as peak_minute_at,
            count(*) as peak_requests_per_minute
        from requests
        group by platform, service_type, provider, peak_minute_at
        qualify
            row_number() over (
                partition by platform, service_type, provider order by peak_requests_per_minute desc, peak_minute_at
            )
            = 1
    ),

    shown as (
        select counted.*, peaks.peak_requests_per_minute, peaks.peak_minute_at, period.days_count, period.minutes_count
        from counted
        inner join peaks using (platform, service_type, provider)
        cross join period
    )

select *
from shown

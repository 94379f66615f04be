{%- set percentiles = [50, 90, 95, 99] %}
{%- set counts = ["attempts", "finished", "successes", "failures", "timeouts", "denied"] %}
{%- set counts = counts + ["last_5min_finished", "last_5min_failures"] %}

with
    attempts as (select * from {{ ref("fct_generation_attempts") }}),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    frame as (
        select platforms.platform, dates.date_day
        from (select platform, min(reporting_date) as first_date from attempts group by platform) as platforms
        inner join dates on platforms.first_date <= dates.date_day
    ),

    placed as (
        select attempts.*, dates.date_day, attempted_at >= dates.day_ends_at - interval 5 minute as is_at_end
        from attempts
        inner join dates on attempts.reporting_date = dates.date_day
    ),

    counted as (
        select
            platform,
            date_day,
            count(*) as attempts_count,
            count(*) filter (where is_finished) as finished_count,
            count(*) filter (where is_success) as successes_count,
            count(*) filter (where is_failed) as failures_count,
            count(*) filter (where attempt_status = 'timeout') as timeouts_count,
            count(*) filter (where is_denied) as denied_count,
            count(*) filter (where is_finished and is_at_end) as last_5min_finished_count,
            count(*) filter (where is_failed and is_at_end) as last_5min_failures_count,
            {{ rounded("quantile_cont(latency_ms, 0.95) filter (where is_success and is_at_end)", 3) }}
            as last_5min_latency_p95_ms,
            sum(latency_ms) filter (where is_success)::bigint as latency_ms_sum,
            count(latency_ms) filter (where is_success) as latency_count,
            {% for percentile in percentiles %}
                {{ rounded("quantile_cont(latency_ms, " ~ percentile / 100 ~ ") filter (where is_success)", 3) }}
                as latency_p{{ percentile }}_ms
                {{ "," if not loop.last }}
            {% endfor %}
        from placed
        group by platform, date_day
    ),

    -- the five minutes from :00, :05, ...
    slots as (
        select
            platform,
            date_day,
            time_bucket(interval 5 minute, attempted_at) as slot_starts_at,
            count(*) as attempts_count,
            count(*) filter (where is_finished) as finished_count,
            count(*) filter (where is_failed) as failures_count
        from placed
        group by all
    ),

    peaks as (
        select
            platform,
            date_day,
            max(attempts_count) as attempts_peak_5min,
            first(slot_starts_at order by attempts_count desc, slot_starts_at) as peak_starts_at,
            count(*) filter (
                where finished_count >= 20 and failures_count > 0.05 * finished_count
            ) as high_error_slots_count
        from slots
        group by platform, date_day
    ),

    shown as (
        select
            frame.platform,
            frame.date_day,
            {% for column in counts %} coalesce(counted.{{ column }}_count, 0) as {{ column }}_count, {% endfor %}
            coalesce(counted.attempts_count - counted.finished_count - counted.denied_count, 0) as unfinished_count,
            {{ ratio("counted.failures_count", "counted.finished_count", 100) }} as error_rate_pct,
            case when coalesce(counted.finished_count, 0) = 0 then 'zero_denominator' end as null_reason,
            {{ ratio("counted.failures_count + counted.denied_count", "counted.attempts_count", 100) }}
            as request_error_rate_pct,
            coalesce(counted.finished_count, 0) < 20 as is_small_base,
            {{ ratio("counted.latency_ms_sum", "counted.latency_count", digits=3) }} as latency_avg_ms,
            {% for percentile in percentiles %} counted.latency_p{{ percentile }}_ms, {% endfor %}
            counted.last_5min_latency_p95_ms,
            coalesce(peaks.attempts_peak_5min, 0) as attempts_peak_5min,
            peaks.peak_starts_at,
            coalesce(peaks.high_error_slots_count, 0) as high_error_slots_count
        from frame
        left join counted using (platform, date_day)
        left join peaks using (platform, date_day)
    )

select *
from shown

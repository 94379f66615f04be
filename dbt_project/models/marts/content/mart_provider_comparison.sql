{%- set percentiles = [50, 90, 95, 99] %}

with
    requests as (select * from {{ ref("provider_requests") }}),

    providers as (select provider, provider_name, provider_kind from {{ ref("dim_provider") }}),

    priced as (
        select
            *,
            successes_count::double / requests_count::double as success_share,
            cost_usd::double / nullif(successes_count, 0)::double as success_cost
        from requests
    ),

    compared as (
        select
            *,
            min(success_cost) over by_service as least_success_cost,
            min(latency_p95_ms) over by_service as least_p95_ms,
            max(latency_p95_ms) over by_service as most_p95_ms
        from priced
        window by_service as (partition by platform, service_type)
    ),

    -- where all are equal, nobody is slower or dearer; the score is made of factors that are not rounded
    factored as (
        select
            *,
            case
                when latency_p95_ms = least_p95_ms
                then 0
                else (latency_p95_ms - least_p95_ms) / (most_p95_ms - least_p95_ms)
            end as slowness,
            case when success_cost = least_success_cost then 1 else least_success_cost / success_cost end as cheapness
        from compared
    ),

    scored as (
        select *, {{ rounded("0.5 * success_share + 0.3 * (1 - slowness) + 0.2 * cheapness") }} as reliability_score
        from factored
    ),

    shown as (
        select
            platform,
            service_type,
            provider,
            coalesce(providers.provider_name, provider) as provider_name,
            coalesce(providers.provider_kind, 'unknown') as provider_kind,
            days_count,
            requests_count,
            successes_count,
            failures_count,
            failed_count,
            rate_limited_count,
            requests_count - successes_count - failures_count as unjudged_count,
            {{ rounded("success_share") }} as success_rate,
            {{ ratio("failures_count", "requests_count") }} as error_rate,
            {{ ratio("failed_count", "requests_count") }} as error_rate_strict,
            {{ ratio("rate_limited_count", "requests_count") }} as rate_limited_rate,
            {{ ratio("latency_ms_sum", "latency_count", digits=3) }} as latency_avg_ms,
            {% for percentile in percentiles %}
                {{ rounded("latency_p" ~ percentile ~ "_ms", 3) }} as latency_p{{ percentile }}_ms,
            {% endfor %}
            cost_usd,
            {{ rounded("success_cost") }} as cost_per_success_usd,
            {{ content_null_reason("cost_usd", "successes_count") }} as cost_null_reason,
            {{ ratio("cost_usd", "requests_count", 1000) }} as cost_per_1k_requests_usd,
            input_tokens,
            output_tokens,
            {{ ratio("output_tokens", "input_tokens") }} as output_input_ratio,
            {{ content_null_reason("output_tokens", "input_tokens") }} as output_input_null_reason,
            {{ rounded("slowness") }} as normalised_latency,
            {{ rounded("cheapness") }} as cost_efficiency,
            reliability_score,
            case
                when reliability_score is not null
                then null
                when successes_count = 0
                then 'zero_denominator'
                else 'no_source'
            end as reliability_null_reason,
            case
                when reliability_score is not null
                then
                    row_number() over (
                        partition by platform, service_type order by reliability_score desc nulls last, provider
                    )
            end as reliability_rank,
            {{ ratio("requests_count", "minutes_count") }} as requests_per_minute,
            peak_requests_per_minute,
            peak_minute_at
        from scored
        left join providers using (provider)
    )

select *
from shown

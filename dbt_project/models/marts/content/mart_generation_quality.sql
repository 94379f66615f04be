{%- set counts = ["attempts", "successes", "failures", "failed", "timeout", "rate_limited", "cancelled", "pending"] %}
{%- set counts = counts + ["denied", "other", "tries_failed", "tries_retried", "chains", "chains_retried"] %}
{%- set counts = counts + ["failed_first", "recovered", "chains_succeeded", "stuck"] %}
{%- set amounts = ["input_tokens", "output_tokens", "cost_usd"] %}

with
    counted as (select * from {{ ref("generation_periods") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("generations") }}),

    attempt_tables as (select platform, is_present from {{ ref("dim_optional_fact") }} where fact_name = 'attempts'),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    periods as (
        select 'day' as period_type, date_day as period_start, true as is_complete
        from dates
        union all
        select distinct 'month', month_start_date, is_month_complete
        from dates
    ),

    kinds as (
        select platform, generation_kind
        from counted
        union
        select platform, 'all'
        from platforms
    ),

    -- whether the platform keeps what failed: by its table of attempts, else because something did not succeed
    knowing as (
        select
            platforms.platform,
            coalesce(
                any_value(attempt_tables.is_present), sum(counted.attempts_count) > sum(counted.successes_count), false
            ) as knows_failures
        from platforms
        left join attempt_tables using (platform)
        left join counted using (platform)
        group by platforms.platform
    ),

    -- tokens and cost of a kind that has none are unknown, not 0
    filled as (
        select
            periods.*,
            kinds.platform,
            kinds.generation_kind,
            knowing.knows_failures,
            {% for column in counts %} coalesce(counted.{{ column }}_count, 0) as {{ column }}_count, {% endfor %}
            {% for column in amounts %}
                case
                    when count(counted.{{ column }}) over by_kind > 0 then coalesce(counted.{{ column }}, 0)
                end as {{ column }},
            {% endfor %}
            counted.* exclude (
                platform,
                period_type,
                period_start,
                generation_kind,
                {{ amounts | join(", ") }},
                {% for column in counts %} {{ column }}_count {{- ", " if not loop.last }}{% endfor %}
            )
        from kinds
        inner join knowing using (platform)
        cross join periods
        left join counted using (platform, period_type, period_start, generation_kind)
        window by_kind as (partition by kinds.platform, kinds.generation_kind)
    ),

    summed as (
        select
            *,
            successes_count + failures_count as judged_count,
            coalesce(input_tokens + output_tokens, input_tokens, output_tokens) as tokens
        from filled
    ),

    shown as (
        select
            platform,
            period_type,
            period_start,
            generation_kind,
            is_complete,
            {% for column in counts[:10] %} {{ column }}_count, {% endfor %}
            judged_count,
            judged_count < 20 as is_small_base,
            case when knows_failures then {{ ratio("successes_count", "judged_count") }} end as success_rate,
            case when knows_failures then {{ ratio("failed_count", "judged_count") }} end as error_rate_strict,
            case
                when not knows_failures then 'no_source' when judged_count = 0 then 'zero_denominator'
            end as null_reason,
            {% for column in counts[10:] %} {{ column }}_count, {% endfor %}
            {{ ratio("tries_retried_count", "tries_failed_count") }} as retry_rate,
            {{ content_null_reason("tries_retried_count", "tries_failed_count") }} as retry_null_reason,
            {{ ratio("chains_retried_count", "chains_count") }} as chain_retry_rate,
            {{ content_null_reason("chains_retried_count", "chains_count") }} as chain_retry_null_reason,
            {{ ratio("recovered_count", "failed_first_count") }} as recovery_rate,
            {{ content_null_reason("recovered_count", "failed_first_count") }} as recovery_null_reason,
            case
                when knows_failures then {{ ratio("attempts_to_success_sum", "chains_succeeded_count") }}
            end as attempts_to_success,
            case
                when not knows_failures then 'no_source' when chains_succeeded_count = 0 then 'zero_denominator'
            end as attempts_to_success_null_reason,
            {% for time in ["duration", "wait"] %}
                {{ ratio(time ~ "_ms_sum", "1000 * " ~ time ~ "_count", digits=3) }} as {{ time }}_avg_s,
                {{ ratio(time ~ "_p50_ms", 1000, digits=3) }} as {{ time }}_p50_s,
                {{ ratio(time ~ "_p95_ms", 1000, digits=3) }} as {{ time }}_p95_s,
            {% endfor %}
            input_tokens,
            output_tokens,
            {{ ratio("output_tokens", "input_tokens") }} as output_input_ratio,
            row_ratio_mean as output_input_ratio_row_mean,
            {{ content_null_reason("output_tokens", "input_tokens") }} as output_input_null_reason,
            tokens as tokens_count,
            {{ ratio("tokens", "successes_count") }} as tokens_per_success,
            {{ content_null_reason("tokens", "successes_count") }} as tokens_null_reason,
            cost_usd,
            {{ ratio("cost_usd", "successes_count") }} as cost_per_success_usd,
            {{ content_null_reason("cost_usd", "successes_count") }} as cost_null_reason
        from summed
    )

select *
from shown

{{ config(materialized="view", schema="intermediate") }}

{%- set row_ratio = "(output_tokens::double / nullif(input_tokens, 0)::double)" %}
{%- set words = ["failed", "timeout", "rate_limited", "cancelled", "pending", "denied", "other"] %}

with
    outcomes as (select * from {{ ref("generation_outcomes") }}),

    chains as (select * from {{ ref("generation_chains") }}),

    dates as (select date_day, month_start_date from {{ ref("dim_date") }} where is_complete),

    ended as (
        select
            {{ content_period_keys() }},
            count(*) as attempts_count,
            count(*) filter (where is_success) as successes_count,
            count(*) filter (where is_failed) as failures_count,
            count(*) filter (where is_stuck) as stuck_count,
            {% for word in words %} count(*) filter (where outcome = '{{ word }}') as {{ word }}_count, {% endfor %}
            sum(input_tokens)::bigint as input_tokens,
            sum(output_tokens)::bigint as output_tokens,
            -- a sum of DECIMAL is the same in every run, one of DOUBLE is not
            {{ rounded("avg(" ~ row_ratio ~ "::decimal(38, 18))") }} as row_ratio_mean,
            sum(cost_usd)::decimal(18, 6) as cost_usd,
            {% for time in ["duration", "wait"] %}
                count({{ time }}_ms) filter (where is_success) as {{ time }}_count,
                sum({{ time }}_ms) filter (where is_success)::bigint as {{ time }}_ms_sum,
                quantile_cont({{ time }}_ms, [0.5, 0.95]) filter (where is_success) as {{ time }}_ms_quantiles
                {{ "," if not loop.last }}
            {% endfor %}
        from outcomes
        inner join dates on outcomes.reporting_date = dates.date_day
        group by {{ content_period_sets() }}
    ),

    tried as (
        select
            {{ content_period_keys() }},
            sum(failures_count)::bigint as tries_failed_count,
            sum(retried_failures_count)::bigint as tries_retried_count,
            count(*) filter (where not is_first) as followers_count,
            count(*) filter (where is_retried) as chains_retried_count,
            count(*) filter (where is_failed_first) as failed_first_count,
            count(*) filter (where is_recovered) as recovered_count,
            count(*) filter (where is_success) as chained_successes_count,
            count(attempts_to_success) as chains_succeeded_count,
            sum(attempts_to_success)::bigint as chain_attempts_count
        from chains
        inner join dates on chains.reporting_date = dates.date_day
        group by {{ content_period_sets() }}
    ),

    periods as (
        select
            ended.* exclude (duration_ms_quantiles, wait_ms_quantiles),
            {{ rounded("ended.duration_ms_quantiles[1]", 9) }} as duration_p50_ms,
            {{ rounded("ended.duration_ms_quantiles[2]", 9) }} as duration_p95_ms,
            {{ rounded("ended.wait_ms_quantiles[1]", 9) }} as wait_p50_ms,
            {{ rounded("ended.wait_ms_quantiles[2]", 9) }} as wait_p95_ms,
            coalesce(tried.tries_failed_count, 0) as tries_failed_count,
            coalesce(tried.tries_retried_count, 0) as tries_retried_count,
            -- a chain begins with every attempt that follows none
            ended.attempts_count - ended.denied_count - coalesce(tried.followers_count, 0) as chains_count,
            coalesce(tried.chains_retried_count, 0) as chains_retried_count,
            coalesce(tried.failed_first_count, 0) as failed_first_count,
            coalesce(tried.recovered_count, 0) as recovered_count,
            -- a success outside of all chains took one attempt
            ended.successes_count
            - coalesce(tried.chained_successes_count, 0)
            + coalesce(tried.chains_succeeded_count, 0) as chains_succeeded_count,
            ended.successes_count
            - coalesce(tried.chained_successes_count, 0)
            + coalesce(tried.chain_attempts_count, 0) as attempts_to_success_sum
        from ended
        left join tried using (platform, period_type, period_start, generation_kind)
    )

select *
from periods

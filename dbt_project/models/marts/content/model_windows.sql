{{ config(materialized="view", schema="intermediate") }}

{%- set kinds = ["request", "generation", "conversation", "rating"] %}
{%- set age = "case when reporting_date > last_day - 30 then '30d' when reporting_date > last_day - 90 then '90d' else 'lifetime' end" %}
{%- set measures = ["judged_count", "successes_count", "tokens", "cost_usd", "latency_count", "latency_ms_sum"] %}

with
    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- what is counted in a window, by the age of the use
    windows as (
        select
            unnest(['30d', '90d', 'lifetime']) as usage_window,
            unnest([['30d'], ['30d', '90d'], ['30d', '90d', 'lifetime']]) as ages
    ),

    uses as (select * from {{ ref("model_uses") }}),

    -- many uses, few latencies and scales: whatever is asked of uses is asked of these
    counted as (
        select
            platform,
            model_source,
            model,
            use_kind,
            {{ age }} as age,
            latency_ms,
            rating_scale,
            count(*) as uses_count,
            count(*) filter (where is_judged) as judged_count,
            count(*) filter (where is_success) as successes_count,
            sum(tokens) as tokens,
            sum(cost_usd) as cost_usd,
            count(latency_ms) as latency_count,
            sum(latency_ms) as latency_ms_sum,
            sum(rating_value) as rating_value_sum
        from uses
        cross join reported
        group by all
    ),

    last_uses as (
        select platform, model_source, model, user_key, max(reporting_date) as reporting_date
        from uses
        where user_key is not null
        group by platform, model_source, model, user_key
    ),

    -- a user is in every window that holds the last use
    users as (
        select platform, model_source, model, {{ age }} as age, count(*) as users_count
        from last_uses
        cross join reported
        group by all
    ),

    timed as (
        select platform, model_source, model, use_kind, usage_window, latency_ms, sum(uses_count) as uses_count
        from counted
        inner join windows on list_contains(windows.ages, counted.age)
        where latency_ms is not null
        group by all
    ),

    -- uses in the order of their latency: how many come before the next latency, and the place of the percentile from 0
    placed as (
        select
            *,
            sum(uses_count) over (by_kind order by latency_ms) as uses_until,
            0.95::double * (sum(uses_count) over by_kind - 1) as place
        from timed
        window by_kind as (partition by platform, model_source, model, use_kind, usage_window)
    ),

    -- as far from the latency at the whole place to the next one as the place lies between them: quantile_cont
    percentiles as (
        select
            platform,
            model_source,
            model,
            use_kind,
            usage_window,
            min(latency_ms) filter (where uses_until > floor(place)) as lower_ms,
            min(latency_ms) filter (where uses_until > ceil(place)) as upper_ms,
            lower_ms + (upper_ms - lower_ms) * (any_value(place) - floor(any_value(place))) as p95_ms
        from placed
        group by platform, model_source, model, use_kind, usage_window
    ),

    parts as (
        select *
        from counted
        union all by name
        select *
        from users
    ),

    windowed as (
        select parts.*, windows.usage_window, list_contains(windows.ages, parts.age) as is_inside
        from parts
        cross join windows
        union all by name
        select platform, model_source, model, use_kind, usage_window, p95_ms
        from percentiles
    ),

    shown as (
        select
            platform,
            model_source,
            model,
            usage_window,
            {% for kind in kinds %}
                coalesce(sum(uses_count) filter (where use_kind = '{{ kind }}' and is_inside), 0)::bigint
                as {{ kind }}s_count,
            {% endfor %}
            {% for kind in kinds[:2] %}
                {% for measure in measures %}
                    (
                        sum({{ measure }}) filter (where use_kind = '{{ kind }}' and is_inside)
                    )::{{ "decimal(18, 6)" if measure == "cost_usd" else "bigint" }} as {{ kind }}_{{ measure }},
                {% endfor %}
                any_value(p95_ms) filter (where use_kind = '{{ kind }}') as {{ kind }}_latency_p95_ms,
            {% endfor %}
            coalesce(sum(users_count) filter (where is_inside), 0)::bigint as users_count,
            -- 18 digits are as exact as the quotient is; the mean of them is rounded where it is shown
            sum((100 * rating_value_sum::double / rating_scale::double)::decimal(38, 18)) filter (
                where is_inside
            ) as rating_pct_sum
        from windowed
        group by platform, model_source, model, usage_window
    )

select *
from shown

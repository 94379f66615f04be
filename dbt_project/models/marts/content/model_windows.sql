{{ config(materialized="view", schema="intermediate") }}

{#- what is counted in a window, by the age of the use -#}
{%- set windows = {"30d": ["30d"], "90d": ["30d", "90d"], "lifetime": ["30d", "90d", "lifetime"]} %}
{%- set kinds = ["request", "generation", "conversation", "rating"] %}
{%- set age = "case when reporting_date > last_day - 30 then '30d' when reporting_date > last_day - 90 then '90d' else 'lifetime' end" %}
{%- set measures = ["judged_count", "successes_count", "tokens", "cost_usd", "latency_count", "latency_ms_sum"] %}

with
    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    uses as (select * from {{ ref("model_uses") }}),

    summed as (
        select
            platform,
            model_source,
            model,
            use_kind,
            {{ age }} as age,
            count(*) as uses_count,
            count(*) filter (where is_judged) as judged_count,
            count(*) filter (where is_success) as successes_count,
            sum(tokens) as tokens,
            sum(cost_usd) as cost_usd,
            count(latency_ms) as latency_count,
            sum(latency_ms) as latency_ms_sum,
            sum(rating_pct) as rating_pct_sum
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

    percentiles as (
        select
            platform,
            model_source,
            model,
            {% for kind in kinds[:2] %}
                {% for usage_window, ages in windows.items() %}
                    quantile_cont(latency_ms, 0.95) filter (
                        where use_kind = '{{ kind }}' and {{ age }} in ('{{ ages | join("', '") }}')
                    ) as {{ kind }}_{{ usage_window }},
                {% endfor %}
            {% endfor %}
        from uses
        cross join reported
        where latency_ms is not null
        group by platform, model_source, model
    ),

    parts as (
        select *
        from summed
        union all by name
        select *
        from users
    ),

    windowed as (
        {% for usage_window, ages in windows.items() %}
            {%- set inside = "age in ('" ~ ages | join("', '") ~ "')" %}
            select
                platform,
                model_source,
                model,
                '{{ usage_window }}' as usage_window,
                {% for kind in kinds %}
                    coalesce(sum(uses_count) filter (where use_kind = '{{ kind }}' and {{ inside }}), 0)::bigint
                    as {{ kind }}s_count,
                {% endfor %}
                {% for kind in kinds[:2] %}
                    {% for measure in measures %}
                        (
                            sum({{ measure }}) filter (where use_kind = '{{ kind }}' and {{ inside }})
                        )::{{ "decimal(18, 6)" if measure == "cost_usd" else "bigint" }} as {{ kind }}_{{ measure }},
                    {% endfor %}
                    any_value(percentiles.{{ kind }}_{{ usage_window }}) as {{ kind }}_latency_p95_ms,
                {% endfor %}
                coalesce(sum(users_count) filter (where {{ inside }}), 0)::bigint as users_count,
                (sum(rating_pct_sum) filter (where {{ inside }}))::decimal(18, 6) as rating_pct_sum
            from parts
            left join percentiles using (platform, model_source, model)
            group by platform, model_source, model
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select *
from windowed

{{ config(materialized="view", schema="intermediate") }}

{#- what is counted in a window, by the age of the use -#}
{%- set windows = {"30d": ["30d"], "90d": ["30d", "90d"], "lifetime": ["30d", "90d", "lifetime"]} %}
{%- set kinds = ["request", "generation", "conversation", "rating"] %}
{%- set measures = ["judged_count", "successes_count", "tokens", "cost_usd", "latency_count", "latency_ms_sum"] %}

with
    uses as (select * from {{ ref("model_uses") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    aged as (
        select
            uses.*,
            case
                when uses.reporting_date > reported.last_day - 30
                then '30d'
                when uses.reporting_date > reported.last_day - 90
                then '90d'
                else 'lifetime'
            end as age
        from uses
        cross join reported
    ),

    -- by user, so that the many rows are read once for all windows
    summed as (
        select
            platform,
            model_source,
            model,
            use_kind,
            user_key,
            age,
            count(*) as uses_count,
            count(*) filter (where is_judged) as judged_count,
            count(*) filter (where is_success) as successes_count,
            sum(tokens) as tokens,
            sum(cost_usd) as cost_usd,
            count(latency_ms) as latency_count,
            sum(latency_ms) as latency_ms_sum,
            sum(rating_pct) as rating_pct_sum
        from aged
        group by all
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
                {% endfor %}
                count(distinct user_key) filter (where {{ inside }}) as users_count,
                (sum(rating_pct_sum) filter (where {{ inside }}))::decimal(18, 6) as rating_pct_sum
            from summed
            group by platform, model_source, model
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    percentiles as (
        select
            platform,
            model_source,
            model,
            {% for kind in kinds[:2] %}
                {% for usage_window, ages in windows.items() %}
                    quantile_cont(latency_ms, 0.95) filter (
                        where use_kind = '{{ kind }}' and age in ('{{ ages | join("', '") }}')
                    ) as {{ kind }}_{{ usage_window }},
                {% endfor %}
            {% endfor %}
        from aged
        where latency_ms is not null
        group by platform, model_source, model
    ),

    shown as (
        select
            windowed.*,
            {% for kind in kinds[:2] %}
                case
                    windowed.usage_window
                    {% for usage_window in windows %}
                        when '{{ usage_window }}' then percentiles.{{ kind }}_{{ usage_window }}
                    {% endfor %}
                end as {{ kind }}_latency_p95_ms
                {{ "," if not loop.last }}
            {% endfor %}
        from windowed
        left join percentiles using (platform, model_source, model)
    )

select *
from shown

{%- set measures = ["judged_count", "successes_count", "latency_count", "latency_ms_sum", "latency_p95_ms"] %}

with
    windows as (select * from {{ ref("model_windows") }}),

    user_models as (select model_key, validation_accuracy from {{ ref("dim_model") }}),

    -- what a platform keeps of such models, in any window
    known as (
        select
            *,
            sum(requests_count) over by_source > 0 as has_requests,
            sum(generations_count) over by_source > 0 as has_generations,
            {% for amount in ["tokens", "cost_usd"] %}
                {% for kind in ["request", "generation"] %}
                    count({{ kind }}_{{ amount }}) over by_source > 0 as has_{{ kind }}_{{ amount }},
                {% endfor %}
            {% endfor %}
        from windows
        window by_source as (partition by platform, model_source)
    ),

    -- requests are every call; what they do not tell stands in the generations
    measured as (
        select
            *,
            {% for measure in measures %}
                case when has_requests then request_{{ measure }} else generation_{{ measure }} end as {{ measure }},
            {% endfor %}
            {% for amount in ["tokens", "cost_usd"] %}
                case
                    when has_request_{{ amount }}
                    then coalesce(request_{{ amount }}, 0)
                    when has_generation_{{ amount }}
                    then coalesce(generation_{{ amount }}, 0)
                end as {{ amount }},
            {% endfor %}
            -- AI models are called; the model of a user is asked, and an answer is a generation
            case
                when has_generations and (model_source = 'user_model' or not has_requests)
                then generations_count
                else requests_count
            end as interactions_count
        from known
    ),

    judged as (
        select
            * replace (coalesce(judged_count, 0) as judged_count, coalesce(successes_count, 0) as successes_count),
            has_requests
            or coalesce(sum(judged_count) over by_source > sum(successes_count) over by_source, false) as knows_failures
        from measured
        window by_source as (partition by platform, model_source)
    ),

    shown as (
        select
            platform,
            model_source,
            model,
            usage_window,
            interactions_count,
            row_number() over (
                partition by platform, model_source, usage_window order by interactions_count desc, model
            ) as usage_rank,
            requests_count,
            generations_count,
            conversations_count,
            users_count,
            tokens as tokens_count,
            cost_usd,
            judged_count,
            successes_count,
            case when knows_failures then {{ ratio("successes_count", "judged_count") }} end as success_rate,
            case
                when not knows_failures then 'no_source' when judged_count = 0 then 'zero_denominator'
            end as null_reason,
            {{ ratio("latency_ms_sum", "latency_count", digits=3) }} as latency_avg_ms,
            {{ rounded("latency_p95_ms", 3) }} as latency_p95_ms,
            ratings_count,
            {{ ratio("rating_pct_sum", "ratings_count", digits=4) }}::decimal(7, 4) as rating_mean_pct,
            ratings_count < 10 as is_small_rating_base,
            user_models.validation_accuracy
        from judged
        left join user_models on judged.model_source = 'user_model' and judged.model = user_models.model_key
    )

select *
from shown

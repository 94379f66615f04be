{{ config(materialized="view", schema="intermediate") }}

{#- a row may name an AI model, and one that its user made -#}
{%- set sources = {"ai_model": "model_name", "user_model": "model_key"} %}

with
    requests as (select * from {{ ref("fct_api_requests") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    conversations as (select * from {{ ref("fct_conversations") }} where model_key is not null),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    ratings as (
        select *
        from {{ ref("fct_ratings") }}
        where user_key is null or user_key not in (select user_key from internal_users)
    ),

    -- of a model, or of a request; an inner join reads the many requests once, past the few ratings
    rated as (
        select ratings.*, requests.model_name, requests.model_key
        from ratings
        inner join requests on ratings.rated_key = requests.request_key
        where ratings.rated_kind <> 'model'
        union all by name
        select *, rated_key as model_key
        from ratings
        where rated_kind = 'model'
    ),

    uses as (
        {% for model_source, column in sources.items() %}
            select
                platform,
                '{{ model_source }}' as model_source,
                {{ column }} as model,
                'request' as use_kind,
                request_key as use_key,
                user_key,
                reporting_date,
                is_metered or is_success or is_failed as is_judged,
                is_success,
                coalesce(total_tokens, input_tokens + output_tokens, input_tokens, output_tokens) as tokens,
                cost_usd,
                case when is_success then request_latency_ms end as latency_ms,
                null::integer as rating_value,
                null::integer as rating_scale
            from requests
            where {{ column }} is not null
            union all
            select
                platform,
                '{{ model_source }}',
                {{ column }},
                'generation',
                generation_key,
                user_key,
                reporting_date,
                is_success or is_failed,
                is_success,
                coalesce(input_tokens + output_tokens, input_tokens, output_tokens),
                cost_usd,
                case when is_success then duration_ms end,
                null,
                null
            from generations
            where {{ column }} is not null
            union all
            select
                platform,
                '{{ model_source }}',
                {{ column }},
                'rating',
                rating_key,
                null,
                reporting_date,
                false,
                false,
                null,
                null,
                null,
                rating_value,
                rating_scale
            from rated
            where {{ column }} is not null
            union all
        {% endfor %}
        select
            platform,
            'user_model',
            model_key,
            'conversation',
            conversation_key,
            user_key,
            reporting_date,
            false,
            false,
            null,
            null,
            null,
            null,
            null
        from conversations
    ),

    shown as (
        select uses.* replace (case when internal_users.user_key is null then uses.user_key end as user_key)
        from uses
        left join internal_users on uses.user_key = internal_users.user_key
    )

select *
from shown

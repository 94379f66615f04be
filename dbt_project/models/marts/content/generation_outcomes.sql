{{ config(materialized="view", schema="intermediate") }}

with
    generations as (select * from {{ ref("fct_generations") }}),

    -- there whatever did not succeed is a failure
    metered as (select distinct platform from {{ ref("fct_api_requests") }} where is_metered),

    deletions as (select * from {{ ref("fct_generation_deletions") }}),

    -- an attempt that made something is among the generations, or among the deleted ones
    attempts as (
        select * from {{ ref("fct_generation_attempts") }} where (is_failed or is_denied) and generation_key is null
    ),

    united as (
        select
            generation_key as outcome_key,
            platform,
            user_key,
            generation_kind,
            generation_type as source_type,
            provider,
            model_name,
            model_key,
            quality,
            aspect_ratio,
            is_nsfw,
            outcome,
            is_success,
            is_failed or (not is_success and platform in (select platform from metered)) as is_failed,
            false as is_deleted,
            outcome = 'pending'
            and {{ is_past("generated_at + interval 24 hours + interval (coalesce(wait_ms, 0)) milliseconds") }}
            as is_stuck,
            error_class,
            items_count,
            credits_charged,
            cost_usd,
            input_tokens,
            output_tokens,
            wait_ms,
            duration_ms,
            greatest(coalesce(retry_count, 0), 0) as inner_retries_count,
            retry_of_key,
            generated_at,
            finished_at,
            reporting_date
        from generations
        union all by name
        select
            generation_key as outcome_key,
            platform,
            user_key,
            'image' as generation_kind,
            aspect_ratio,
            'succeeded' as outcome,
            true as is_success,
            false as is_failed,
            0 as inner_retries_count,
            true as is_deleted,
            false as is_stuck,
            generated_at,
            reporting_date
        from deletions
        union all by name
        -- what the photos cost is told nowhere, so what those that failed cost is left out too
        select
            platform || ':attempt:' || attempt_id as outcome_key,
            platform,
            user_key,
            'image' as generation_kind,
            case
                when is_denied then 'denied' when attempt_status = 'timeout' then 'timeout' else 'failed'
            end as outcome,
            is_success,
            is_failed,
            0 as inner_retries_count,
            false as is_deleted,
            false as is_stuck,
            case when attempt_status = 'timeout' then 'timeout' else error_code end as error_class,
            attempted_at as generated_at,
            finished_at,
            reporting_date
        from attempts
    )

select *
from united

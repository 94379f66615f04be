with
    generation_jobs as (select * from {{ ref("stg_character_studio__generation_jobs") }}),

    trainings as (select * from {{ ref("int_character_studio__trainings") }}),

    united as (
        select
            generation_jobs.generation_job_id as job_id,
            case when generation_jobs.job_type = 'lora_training' then 'training' else 'generation' end as job_kind,
            coalesce(generation_jobs.job_type, 'unknown') as job_type,
            generation_jobs.user_id,
            generation_jobs.job_status as source_status,
            generation_jobs.provider,
            trainings.base_model,
            generation_jobs.source_error_class,
            generation_jobs.retry_count,
            generation_jobs.credits_used as credits_charged,
            trainings.credits_refunded,
            trainings.training_cost_usd as cost_usd,
            generation_jobs.image_count as items_count,
            generation_jobs.completed_count as items_completed_count,
            generation_jobs.created_at as enqueued_at,
            generation_jobs.started_at,
            generation_jobs.completed_at
        from generation_jobs
        left join trainings on generation_jobs.generation_job_id = trainings.generation_job_id
        union all by name
        -- a training whose job is not there; one that is gone itself went with its account
        select
            'lora:' || lora_model_id as job_id,
            'training' as job_kind,
            'lora_training' as job_type,
            user_id,
            model_status as source_status,
            base_model,
            retry_count,
            credits_charged,
            credits_refunded,
            training_cost_usd as cost_usd,
            created_at as enqueued_at,
            training_started_at as started_at,
            training_completed_at as completed_at
        from trainings
        where generation_job_id is null and not is_deleted and created_at is not null
    ),

    judged as (
        select
            *,
            case
                when source_status in ('queued', 'pending')
                then 'queued'
                when source_status in ('processing', 'training')
                then 'running'
                when source_status in ('completed', 'ready', 'expired')
                then 'succeeded'
                when source_status in ('failed', 'cancelled')
                then source_status
                else 'other'
            end as job_status
        from united
    ),

    -- a retry uses the row again, so a job under way may still show how its last try ended
    timed as (
        select
            *,
            job_status in ('succeeded', 'failed', 'cancelled') as job_is_finished,
            case when job_status in ('succeeded', 'failed', 'cancelled') then completed_at end as job_finished_at
        from judged
    ),

    shaped as (
        select
            {{ platform_key("character_studio", "job_id") }} as job_key,
            'character_studio' as platform,
            job_id,
            job_kind,
            job_type,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            job_status,
            job_is_finished,
            job_status = 'succeeded' as is_success,
            job_status = 'failed' as is_failed,
            provider,
            base_model,
            {{ character_studio_error_class("source_error_class") }} as error_class,
            retry_count,
            credits_charged,
            credits_refunded,
            cost_usd,
            items_count,
            items_completed_count,
            enqueued_at,
            started_at,
            job_finished_at,
            {{ elapsed_ms("enqueued_at", "started_at") }} as job_wait_ms,
            {{ elapsed_ms("started_at", "job_finished_at") }} as job_run_ms
        from timed
    )

select *
from shaped

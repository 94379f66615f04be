with
    trainings as (select * from {{ ref("stg_custom_gpt__training_sessions") }}),

    -- the only table here that may lack a creation, without which a job is in no day
    datasets as (select * from {{ ref("stg_custom_gpt__datasets") }} where created_at is not null),

    training_jobs as (
        select
            'training:' || training_session_id as job_id,
            'training' as job_kind,
            'training' as job_type,
            user_id,
            case
                when status in ('queued', 'running', 'failed', 'cancelled')
                then status
                when status = 'completed'
                then 'succeeded'
                else 'other'
            end as job_status,
            base_model,
            compute_cost_usd as cost_usd,
            case when final_accuracy between 0 and 1 then final_accuracy end as accuracy,
            created_at as enqueued_at,
            started_at,
            completed_at as ended_at
        from trainings
    ),

    -- when the processing of an upload began, or failed, the source does not say
    dataset_jobs as (
        select
            'dataset:' || dataset_id as job_id,
            'dataset' as job_kind,
            coalesce(data_format, 'unknown') as job_type,
            user_id,
            case
                when status = 'uploaded'
                then 'queued'
                when status = 'processing'
                then 'running'
                when status = 'ready'
                then 'succeeded'
                when status = 'error'
                then 'failed'
                else 'other'
            end as job_status,
            created_at as enqueued_at,
            processed_at as ended_at
        from datasets
    ),

    united as (
        select *
        from training_jobs
        union all by name
        select *
        from dataset_jobs
    ),

    -- an end that stands beside a job which goes on is a leftover
    ended as (
        select
            *,
            job_status in ('succeeded', 'failed', 'cancelled') as job_is_finished,
            case when job_status in ('succeeded', 'failed', 'cancelled') then ended_at end as job_finished_at
        from united
    ),

    shaped as (
        select
            {{ platform_key("custom_gpt", "job_id") }} as job_key,
            'custom_gpt' as platform,
            job_id,
            job_kind,
            job_type,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            job_status,
            job_is_finished,
            job_status = 'succeeded' as is_success,
            job_status = 'failed' as is_failed,
            base_model,
            -- why, the source tells only in words that may quote the data
            case job_status when 'failed' then 'other' when 'cancelled' then 'cancelled' end as error_class,
            cost_usd,
            accuracy,
            enqueued_at,
            started_at,
            job_finished_at,
            {{ elapsed_ms("enqueued_at", "started_at") }} as job_wait_ms,
            {{ elapsed_ms("started_at", "job_finished_at") }} as job_run_ms
        from ended
    )

select *
from shaped

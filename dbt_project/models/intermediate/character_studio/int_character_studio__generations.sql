with
    jobs as (select * from {{ ref("stg_character_studio__generation_jobs") }}),

    charges as (
        select *, {{ reporting_date("created_at") }} as charged_date
        from {{ ref("stg_character_studio__credit_transactions") }}
        where quality_mode is not null
    ),

    -- the quality stands beside the price; of the job's own day, so that a day can be rebuilt alone
    qualities as (
        select reference_id, charged_date, first(quality_mode order by created_at, credit_transaction_id) as quality
        from charges
        group by reference_id, charged_date
    ),

    -- a training makes a model, no content: it is a job only
    content_jobs as (select * from jobs where job_type is distinct from 'lora_training'),

    judged as (
        select
            *,
            case
                when job_type in ('base_image_generation', 'character_sheet_generation', 'character_generation')
                then 'character'
                when job_type in ('image_generation', 'hd_generation')
                then 'image'
                when job_type = 'image_upscale'
                then 'upscale'
                when job_type = 'caption_generation'
                then 'caption'
                else 'other'
            end as generation_kind,
            case
                when job_status = 'completed'
                then 'succeeded'
                when job_status in ('failed', 'cancelled')
                then job_status
                when job_status in ('queued', 'processing')
                then 'pending'
                else 'other'
            end as outcome
        from content_jobs
    ),

    -- a retry uses the row again, so a job under way may still show how its last try ended
    timed as (select *, case when outcome <> 'pending' then completed_at end as finished_at from judged),

    shaped as (
        select
            {{ platform_key("character_studio", "generation_job_id") }} as generation_key,
            'character_studio' as platform,
            generation_job_id as generation_id,
            'direct' as channel,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            generation_kind,
            job_type as generation_type,
            outcome,
            outcome = 'succeeded' as is_success,
            outcome = 'failed' as is_failed,
            provider,
            aspect_ratio,
            quality,
            is_nsfw,
            {{ character_studio_error_class("source_error_class") }} as error_class,
            completed_count as items_count,
            credits_used as credits_charged,
            {{ elapsed_ms("created_at", "started_at") }} as wait_ms,
            {{ elapsed_ms("started_at", "finished_at") }} as duration_ms,
            retry_count,
            created_at as generated_at,
            finished_at,
            (created_at at time zone '{{ var("local_timezones")["character_studio"] }}')::date as generated_local_date,
            hour(created_at at time zone '{{ var("local_timezones")["character_studio"] }}')::integer
            as generated_local_hour
        from timed
        left join
            qualities
            on timed.generation_job_id = qualities.reference_id
            and {{ reporting_date("timed.created_at") }} = qualities.charged_date
    )

select *
from shaped

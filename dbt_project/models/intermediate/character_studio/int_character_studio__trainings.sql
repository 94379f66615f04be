with
    jobs as (select * from {{ ref("stg_character_studio__generation_jobs") }} where job_type = 'lora_training'),

    lora_model_observations as (select * from {{ ref("stg_character_studio__lora_model_observations") }}),

    models as ({{ latest_observations("lora_model_observations", "lora_model_id") }}),

    -- the source does not link the two, but writes them together: who and when is all they share
    candidates as (
        select
            jobs.generation_job_id,
            models.lora_model_id,
            abs(epoch_ms(jobs.created_at) - epoch_ms(models.created_at)) as apart_ms
        from jobs
        inner join models on jobs.user_id = models.user_id
    ),

    -- each the nearest of the other: somebody may start several trainings in one visit
    pairs as (
        select *
        from candidates
        where apart_ms <= 60000
        qualify
            row_number() over (partition by generation_job_id order by apart_ms, lora_model_id) = 1
            and row_number() over (partition by lora_model_id order by apart_ms, generation_job_id) = 1
    ),

    shaped as (
        select models.*, pairs.generation_job_id
        from models
        left join pairs on models.lora_model_id = pairs.lora_model_id
    )

select *
from shaped

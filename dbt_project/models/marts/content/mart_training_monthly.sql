{%- set counts = ["trainings", "successes", "failures", "cancelled", "unfinished", "duration", "accuracy"] %}

with
    jobs as (select * from {{ ref("fct_jobs") }} where job_kind in ('training', 'dataset')),

    absent as (select platform from {{ ref("dim_optional_fact") }} where fact_name = 'trainings' and not is_present),

    platforms as (
        select *
        from {{ ref("dim_platform") }}
        where platform in {{ feeding("jobs") }} and platform not in (select platform from absent)
    ),

    months as (select distinct month_start_date, is_month_complete from {{ ref("dim_date") }} where is_complete),

    placed as (
        select *, date_trunc('month', reporting_date)::date as month_start_date, coalesce(base_model, 'unknown') as base
        from jobs
    ),

    trained as (
        select
            platform,
            month_start_date,
            coalesce(base, 'all') as base_model,
            count(*) as trainings_count,
            count(*) filter (where is_success) as successes_count,
            count(*) filter (where is_failed) as failures_count,
            count(*) filter (where job_status = 'cancelled') as cancelled_count,
            count(*) filter (where not job_is_finished) as unfinished_count,
            count(job_run_ms) filter (where is_success) as duration_count,
            sum(job_run_ms) filter (where is_success) as duration_ms_sum,
            quantile_cont(job_run_ms, 0.5) filter (where is_success) as duration_p50_ms,
            -- a sum of DECIMAL is the same in every run
            sum({{ rounded("accuracy") }}::decimal(9, 6)) filter (where is_success) as accuracy_sum,
            count(accuracy) filter (where is_success) as accuracy_count,
            sum(cost_usd)::decimal(18, 6) as cost_usd
        from placed
        where job_kind = 'training'
        group by grouping sets ((platform, month_start_date, base), (platform, month_start_date))
    ),

    datasets as (
        select
            platform,
            month_start_date,
            'all' as base_model,
            count(*) as datasets_count,
            count(*) filter (where is_success) as datasets_processed_count,
            count(*) filter (where is_failed) as datasets_failed_count
        from placed
        where job_kind = 'dataset'
        group by platform, month_start_date
    ),

    frame as (
        select bases.*, months.*
        from
            (
                select platform, base_model
                from trained
                union
                select platform, 'all'
                from platforms
            ) as bases
        cross join months
    ),

    filled as (
        select
            frame.*,
            {% for column in counts %} coalesce(trained.{{ column }}_count, 0) as {{ column }}_count, {% endfor %}
            trained.duration_ms_sum,
            trained.duration_p50_ms,
            trained.accuracy_sum,
            case
                when count(trained.cost_usd) over (partition by frame.platform, frame.base_model) > 0
                then coalesce(trained.cost_usd, 0)
            end as cost_usd,
            {% for column in ["datasets", "datasets_processed", "datasets_failed"] %}
                case
                    when
                        frame.base_model = 'all'
                        and count(datasets.datasets_count) over (partition by frame.platform) > 0
                    then coalesce(datasets.{{ column }}_count, 0)
                end as {{ column }}_count,
            {% endfor %}
        from frame
        left join trained using (platform, month_start_date, base_model)
        left join datasets using (platform, month_start_date, base_model)
    ),

    shown as (
        select
            platform,
            month_start_date,
            base_model,
            is_month_complete as is_complete,
            {% for column in counts[:5] %} {{ column }}_count, {% endfor %}
            successes_count + failures_count as judged_count,
            {{ ratio("successes_count", "successes_count + failures_count") }} as success_rate,
            case when successes_count + failures_count = 0 then 'zero_denominator' end as null_reason,
            {{ ratio("duration_ms_sum", "60000 * duration_count", digits=3) }} as duration_avg_minutes,
            {{ ratio("duration_p50_ms", 60000, digits=3) }} as duration_p50_minutes,
            accuracy_count,
            {{ ratio("accuracy_sum", "accuracy_count") }} as accuracy_mean,
            cost_usd,
            datasets_count,
            datasets_processed_count,
            datasets_failed_count
        from filled
    )

select *
from shown

with
    generations as (select * from {{ ref("generation_outcomes") }} where is_failed),

    -- a log tells what failed; of metered requests it is whatever did not succeed
    requests as (select * from {{ ref("fct_api_requests") }} where is_failed or (is_metered and not is_success)),

    jobs as (select * from {{ ref("fct_jobs") }} where is_failed),

    months as (select distinct month_start_date, is_month_complete from {{ ref("dim_date") }} where is_complete),

    failures as (
        select platform, 'generation' as area, error_class, outcome, provider, reporting_date
        from generations
        union all
        select platform, 'request', error_class, outcome, provider, reporting_date
        from requests
        union all
        select platform, 'job', error_class, 'failed', provider, reporting_date
        from jobs
    ),

    counted as (
        select
            platform,
            date_trunc('month', reporting_date)::date as month_start_date,
            area,
            coalesce(
                error_class,
                case
                    outcome
                    when 'timeout'
                    then 'timeout'
                    when 'rate_limited'
                    then 'rate_limit'
                    when 'cancelled'
                    then 'cancelled'
                end,
                'unknown'
            ) as error_class,
            coalesce(provider, 'unknown') as provider,
            count(*) as failures_count,
            min(reporting_date) as first_seen_date,
            max(reporting_date) as last_seen_date
        from failures
        group by all
    ),

    shown as (
        select
            counted.platform,
            counted.month_start_date,
            counted.area,
            counted.error_class,
            counted.provider,
            months.is_month_complete as is_complete,
            counted.failures_count,
            sum(counted.failures_count) over by_month::bigint as area_failures_count,
            {{ ratio("counted.failures_count", "sum(counted.failures_count) over by_month", 100) }}
            as failures_share_pct,
            row_number() over (
                partition by counted.platform, counted.month_start_date, counted.area
                order by counted.failures_count desc, counted.error_class, counted.provider
            ) as failure_rank,
            counted.first_seen_date,
            counted.last_seen_date,
            min(counted.first_seen_date) over (
                partition by counted.platform, counted.area, counted.error_class, counted.provider
            ) as first_ever_date
        from counted
        inner join months using (month_start_date)
        window by_month as (partition by counted.platform, counted.month_start_date, counted.area)
    )

select *
from shown

with
    lacking as (select platform from {{ ref("dim_optional_fact") }} where fact_name = 'payments' and not is_present),

    usage as (select * from {{ ref("user_usage") }}),

    purchases as (select * from {{ ref("purchase_scores") }}),

    -- among those who used the platform in the 90 days, or did anything in the 30
    borders as (
        select
            platform,
            quantile_cont(uses_90d_count, 0.8) filter (uses_90d_count > 0) as uses_p80,
            quantile_cont(uses_90d_count, 0.5) filter (uses_90d_count > 0) as uses_p50,
            quantile_cont(generations_30d_count, 0.9) filter (active_days_30d_count > 0) as generations_p90,
            quantile_cont(completed_jobs_30d_count, 0.9) filter (active_days_30d_count > 0) as jobs_p90
        from usage
        group by platform
    ),

    -- ranks are among the scored, those who used the platform in the 90 days; equal ones have equal ranks
    ranked as (
        select
            usage.*,
            borders.uses_p80,
            borders.uses_p50,
            borders.generations_p90,
            borders.jobs_p90,
            uses_90d_count > 0 as is_scored,
            (as_of_date - last_use_date)::integer as use_recency_days,
            (as_of_date - last_active_date)::integer as inactive_days,
            (as_of_date - signup_date)::integer as tenure_days,
            percent_rank() over (
                partition by usage.platform, uses_90d_count > 0 order by uses_90d_count
            ) as frequency_rank,
            percent_rank() over (
                partition by usage.platform, uses_90d_count > 0 order by paid_90d_amount
            ) as monetary_rank
        from usage
        inner join borders on usage.platform = borders.platform
    ),

    scored as (
        select
            *,
            case
                when not is_scored
                then null
                when use_recency_days <= 3
                then 5
                when use_recency_days <= 7
                then 4
                when use_recency_days <= 14
                then 3
                when use_recency_days <= 30
                then 2
                else 1
            end::integer as r_score,
            case when is_scored then 1 + least(floor(5 * frequency_rank), 4) end::integer as f_score,
            case when is_scored then 1 + least(floor(5 * monetary_rank), 4) end::integer as m_score
        from ranked
    ),

    by_use as (
        select
            user_key,
            platform,
            user_id,
            as_of_date,
            currency,
            platform in {{ feeding("payments") }} and platform not in (select platform from lacking) as has_payments,
            use_recency_days,
            uses_90d_count,
            paid_90d_amount,
            r_score as r_score_by_use,
            f_score as f_score_by_use,
            m_score as m_score_by_use,
            {{ rfm_segment_by_use() }} as rfm_segment_by_use,
            case when not is_scored then 'not_used_90d' end as null_reason_by_use,
            {{ usage_segment() }} as usage_segment,
            active_days_28d_count,
            generations_30d_count,
            active_days_28d_count >= 12 or coalesce(generations_30d_count > generations_p90, false) as is_power_user,
            case when platform in {{ feeding("jobs") }} then completed_jobs_30d_count end as completed_jobs_30d_count,
            case
                when platform in {{ feeding("jobs") }} then coalesce(completed_jobs_30d_count > jobs_p90, false)
            end as is_power_user_by_jobs,
            {{ churn_risk() }} as churn_risk,
            {{ lifecycle_stage() }} as lifecycle_stage,
            {{ lifecycle_stage_by_use() }} as lifecycle_stage_by_use,
            tenure_days,
            generations_count,
            uses_count,
            uses_28d_count,
            uses_previous_28d_count,
            last_active_date,
            active_days_30d_count > 0 as is_active_any_30d
        from scored
    ),

    -- who bought nothing is in no fifth of the buyers
    shown as (
        select
            by_use.* exclude (has_payments),
            purchases.recency_days,
            case when by_use.has_payments then coalesce(purchases.frequency, 0) end as frequency,
            case when by_use.has_payments then coalesce(purchases.monetary, 0) end::decimal(18, 2) as monetary,
            purchases.r_score,
            purchases.f_score,
            purchases.m_score,
            case
                when by_use.has_payments and purchases.user_key is null then 'none' else purchases.rfm_segment
            end as rfm_segment,
            case
                when not by_use.has_payments
                then 'no_source'
                when purchases.user_key is null
                then 'no_purchase_365d'
                else purchases.null_reason
            end as null_reason
        from by_use
        left join purchases on by_use.user_key = purchases.user_key
    )

select *
from shown

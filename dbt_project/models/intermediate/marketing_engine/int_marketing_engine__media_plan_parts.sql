with
    parts as (select * from {{ ref("stg_marketing_engine__media_plan_platforms") }}),

    plans as (select * from {{ ref("stg_marketing_engine__media_plans") }}),

    -- a part whose plan is not there has no owner, no currency and no time
    shaped as (
        select
            {{ platform_key("marketing_engine", "parts.media_plan_platform_id") }} as media_plan_part_key,
            'marketing_engine' as platform,
            {{ platform_key("marketing_engine", "parts.media_plan_id") }} as media_plan_key,
            {{ platform_key("marketing_engine", "plans.user_id") }} as user_key,
            {{ platform_key("marketing_engine", "plans.campaign_id") }} as campaign_key,
            parts.advertising_platform,
            plans.media_plan_status,
            plans.goal,
            plans.currency,
            plans.total_budget,
            parts.allocation_pct,
            parts.budget_allocated,
            parts.estimated_impressions,
            parts.estimated_clicks,
            parts.estimated_leads,
            parts.estimated_sales,
            parts.estimated_revenue,
            plans.deleted_at,
            plans.created_at
        from parts
        left join plans on parts.media_plan_id = plans.media_plan_id
    )

select *
from shaped

with
    source as (select * from {{ source("raw_marketing_engine", "media_plan_platforms") }}),

    renamed as (
        select
            -- ids
            id::varchar as media_plan_platform_id,
            media_plan_id::varchar as media_plan_id,

            -- where the budget goes
            lower(nullif(trim(platform), '')) as advertising_platform,
            allocation_percent as allocation_pct,
            budget_allocated::decimal(18, 2) as budget_allocated,

            -- the forecast
            estimated_impressions::bigint as estimated_impressions,
            estimated_reach::bigint as estimated_reach,
            estimated_clicks::bigint as estimated_clicks,
            estimated_leads::bigint as estimated_leads,
            estimated_sales::bigint as estimated_sales,
            estimated_revenue,
            calculated_cpl as cost_per_lead,
            calculated_cpc as cost_per_click,
            calculated_cpm as cost_per_thousand_impressions,
            calculated_cac as cost_per_sale,
            calculated_roas as return_on_spend_ratio,

            -- timestamps
            updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_marketing_engine", "media_plans") }}),

    renamed as (
        select
            -- ids
            id::varchar as media_plan_id,
            user_id::varchar as user_id,
            campaign_id::varchar as campaign_id,

            -- what it is
            lower(nullif(trim(status), '')) as media_plan_status,
            nullif(trim(market), '') as market,
            lower(nullif(trim(goal), '')) as goal,
            lower(nullif(trim(niche), '')) as niche,

            -- what its owner expects
            total_budget::decimal(18, 2) as total_budget,
            upper(nullif(trim(currency), '')) as currency,
            lead_to_sale_percent as lead_to_sale_pct,
            revenue_per_sale::decimal(18, 2) as revenue_per_sale,

            -- timestamps
            created_at,
            updated_at,
            deleted_at
        from source
    )

select *
from renamed

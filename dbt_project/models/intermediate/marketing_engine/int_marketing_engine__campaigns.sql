with
    observations as (select * from {{ ref("stg_marketing_engine__campaign_observations") }}),

    latest as ({{ latest_observations("observations", "campaign_id") }}),

    shaped as (
        select
            {{ platform_key("marketing_engine", "campaign_id") }} as campaign_key,
            'marketing_engine' as platform,
            campaign_id,
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            campaign_name,
            case
                when campaign_status in ('draft', 'active', 'paused', 'completed', 'archived')
                then campaign_status
                else 'other'
            end as campaign_status,
            total_cost_usd as cost_reported_usd,
            total_generations as generations_reported,
            created_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

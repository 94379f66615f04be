with
    outcomes as (select * from {{ ref("stg_marketing_engine__campaign_outcomes") }}),

    -- what an amount is worth in another currency, or in one that is not named, nobody knows
    shaped as (
        select
            {{ platform_key("marketing_engine", "campaign_outcome_id") }} as campaign_outcome_key,
            'marketing_engine' as platform,
            campaign_outcome_id,
            {{ platform_key("marketing_engine", "campaign_id") }} as campaign_key,
            {{ platform_key("marketing_engine", "request_id") }} as request_key,
            is_converted,
            case when currency = 'USD' then revenue_amount end as outcome_revenue_usd,
            measured_at,
            created_at
        from outcomes
    )

select *
from shaped

with
    observations as (select * from {{ ref("stg_marketing_engine__campaign_observations") }}),

    requests as (select * from {{ ref("stg_marketing_engine__api_requests") }}),

    latest as ({{ latest_observations("observations", "campaign_id") }}),

    -- the calls of a campaign stay as long as it does: both go with the account. A counter that has moved since the
    -- reported day can't be explained by the rows until then
    campaigns as (
        select *
        from latest
        where not is_deleted and {{ is_past("created_at", unknown=true) }} and {{ is_past("updated_at", unknown=true) }}
    ),

    counted as (
        select campaign_id, count(*) as requests_count, sum(total_cost_usd) as cost_usd
        from requests
        where campaign_id is not null and {{ is_past("created_at") }}
        group by campaign_id
    ),

    -- the product calls every call a generation here, whatever its service and outcome
    unpivoted as (
        select
            campaigns.campaign_id,
            unnest(['total_cost', 'total_generations']) as column_name,
            unnest([campaigns.total_cost_usd, campaigns.total_generations]) as reported_value,
            unnest([coalesce(counted.cost_usd, 0), coalesce(counted.requests_count, 0)]) as counted_value
        from campaigns
        left join counted on campaigns.campaign_id = counted.campaign_id
    ),

    shaped as (
        select
            'campaigns.' || column_name as counter,
            {{ platform_key("marketing_engine", "campaign_id") }} as entity_key,
            'lifetime' as period_type,
            null::timestamptz as period_start_at,
            reported_value::decimal(18, 6) as reported_value,
            counted_value::decimal(18, 6) as counted_value
        from unpivoted
    )

select *
from shaped

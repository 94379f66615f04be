with
    campaigns as (select * from {{ ref("dim_campaign") }}),

    requests as (select * from {{ ref("fct_api_requests") }} where campaign_key is not null),

    generations as (select * from {{ ref("fct_generations") }} where campaign_key is not null),

    outcomes as (
        select *
        from {{ ref("fct_campaign_outcomes") }}
        where campaign_key is not null and outcome_revenue_usd is not null
    ),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    -- a generation may be a request too, so cost is that of requests alone
    used as (
        select
            platform,
            campaign_key,
            user_key,
            count(*) as requests,
            count(*) filter (where is_success) as succeeded,
            sum(cost_usd) as cost,
            min(reporting_date) as first_day,
            max(reporting_date) as last_day
        from requests
        group by platform, campaign_key, user_key
        union all by name
        select platform, campaign_key, count(*) as generations
        from generations
        group by platform, campaign_key
        union all by name
        select platform, campaign_key, sum(outcome_revenue_usd) as revenue
        from outcomes
        group by platform, campaign_key
    ),

    -- of a campaign that we have never seen: unknown
    counted as (
        select
            used.platform,
            coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
            coalesce(sum(used.requests), 0)::bigint as requests_count,
            coalesce(sum(used.succeeded), 0)::bigint as succeeded_count,
            coalesce(sum(used.generations), 0)::bigint as generations_count,
            coalesce(sum(used.cost), 0)::decimal(18, 6) as cost_usd,
            sum(used.revenue)::decimal(18, 2) as revenue_usd,
            count(distinct users.user_key) as users_count,
            min(used.first_day) as first_used_date,
            max(used.last_day) as last_used_date
        from used
        left join campaigns on used.campaign_key = campaigns.campaign_key
        left join users on used.user_key = users.user_key
        group by used.platform, coalesce(campaigns.campaign_key, 'unknown')
    ),

    filled as (
        select
            platform,
            campaign_key,
            campaigns.campaign_id,
            campaigns.campaign_name,
            campaigns.campaign_status,
            campaigns.user_key,
            campaigns.created_at,
            campaigns.is_deleted,
            coalesce(counted.requests_count, 0) as requests_count,
            coalesce(counted.succeeded_count, 0) as succeeded_count,
            coalesce(counted.generations_count, 0) as generations_count,
            coalesce(counted.cost_usd, 0)::decimal(18, 6) as cost_usd,
            counted.revenue_usd,
            coalesce(counted.users_count, 0) as users_count,
            counted.first_used_date,
            counted.last_used_date,
            campaigns.cost_reported_usd,
            campaigns.generations_reported
        from campaigns
        full join counted using (platform, campaign_key)
    ),

    shown as (
        select
            *,
            {{ ratio("succeeded_count", "requests_count") }} as success_rate,
            case when requests_count = 0 then 'zero_denominator' end as success_null_reason,
            {{ ratio("cost_usd", "succeeded_count") }} as cost_per_success_usd,
            case when succeeded_count = 0 then 'zero_denominator' end as null_reason,
            {{ ratio("revenue_usd - cost_usd", "cost_usd") }} as roi,
            case
                when revenue_usd is null then 'no_source' when cost_usd = 0 then 'zero_denominator'
            end as roi_null_reason,
            case
                when campaign_key <> 'unknown'
                then
                    row_number() over (
                        partition by platform, campaign_key = 'unknown' order by cost_usd desc, campaign_key
                    )
            end as cost_rank,
            (cost_reported_usd - cost_usd)::decimal(18, 6) as cost_difference_usd,
            -- products count every call as a generation
            generations_reported - requests_count as generations_difference
        from filled
    )

select *
from shown

with
    tags as (select * from {{ ref("dim_campaign_tag") }}),

    campaigns as (select * from {{ ref("mart_campaign_performance") }}),

    summed as (
        select
            campaigns.platform,
            tags.tag,
            count(*) as campaigns_count,
            sum(campaigns.requests_count)::bigint as requests_count,
            sum(campaigns.succeeded_count)::bigint as succeeded_count,
            sum(campaigns.cost_usd)::decimal(18, 6) as cost_usd
        from tags
        inner join campaigns on tags.campaign_key = campaigns.campaign_key
        group by campaigns.platform, tags.tag
    ),

    shown as (
        select
            *,
            {{ ratio("succeeded_count", "requests_count") }} as success_rate,
            case when requests_count = 0 then 'zero_denominator' end as null_reason,
            row_number() over (partition by platform order by cost_usd desc, tag) as cost_rank
        from summed
    )

select *
from shown

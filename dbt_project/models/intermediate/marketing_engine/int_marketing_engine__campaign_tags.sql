with
    observations as (select * from {{ ref("stg_marketing_engine__campaign_observations") }}),

    latest as ({{ latest_observations("observations", "campaign_id") }}),

    typed as (select campaign_id, unnest(tags) as typed_tag from latest),

    -- users type a tag in more than one way
    shaped as (
        select distinct
            {{ platform_key("marketing_engine", "campaign_id") }} as campaign_key,
            'marketing_engine' as platform,
            lower(trim(typed_tag)) as tag
        from typed
        where trim(typed_tag) <> ''
    )

select *
from shaped

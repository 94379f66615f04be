with
    source as (select * from {{ source("raw_marketing_engine", "campaign_outcomes") }}),

    renamed as (
        select
            -- ids
            id::varchar as campaign_outcome_id,
            api_usage_id::varchar as request_id,
            campaign_id::varchar as campaign_id,

            -- what came of it
            conversion_achieved as is_converted,
            revenue::decimal(18, 2) as revenue_amount,
            upper(nullif(trim(currency), '')) as currency,

            -- timestamps
            measured_at,
            created_at
        from source
    )

select *
from renamed

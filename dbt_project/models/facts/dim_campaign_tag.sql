with unioned as ({{ union_systems("campaign_tags") }}) select * from unioned

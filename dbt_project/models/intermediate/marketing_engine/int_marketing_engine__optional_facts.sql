with
    source_columns as (select * from {{ source("meta", "source_columns") }} where system = 'marketing_engine'),

    -- what marketing_engine may lack, and the facts that need it
    needed as (
        select
            unnest(['sessions', 'ratings', 'payments', 'frontend', 'outcomes']) as fact_name,
            unnest(
                ['user_sessions', 'user_feedback', 'subscription_payments', 'frontend_metrics', 'campaign_outcomes']
            ) as table_name
    ),

    shaped as (
        select
            'marketing_engine' as platform,
            needed.fact_name,
            coalesce(bool_or(source_columns.is_present), false) as is_present
        from needed
        left join source_columns on needed.table_name = source_columns.table_name
        group by needed.fact_name
    )

select *
from shaped

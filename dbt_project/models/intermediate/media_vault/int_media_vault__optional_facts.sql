with
    source_columns as (select * from {{ source("meta", "source_columns") }} where system = 'media_vault'),

    -- what media_vault may lack, and the facts that need it
    needed as (
        select unnest(['purchases', 'logins']) as fact_name, unnest(['credit_purchases', 'login_events']) as table_name
    ),

    shaped as (
        select
            'media_vault' as platform,
            needed.fact_name,
            coalesce(bool_or(source_columns.is_present), false) as is_present
        from needed
        left join source_columns on needed.table_name = source_columns.table_name
        group by needed.fact_name
    )

select *
from shaped

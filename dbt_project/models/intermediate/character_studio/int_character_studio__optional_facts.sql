with
    source_columns as (select * from {{ source("meta", "source_columns") }} where system = 'character_studio'),

    -- what character_studio may lack, and the facts that need it
    needed as (
        select unnest(['payments', 'sessions']) as fact_name, unnest(['payments', 'app_sessions']) as table_name
    ),

    shaped as (
        select
            'character_studio' as platform,
            needed.fact_name,
            coalesce(bool_or(source_columns.is_present), false) as is_present
        from needed
        left join source_columns on needed.table_name = source_columns.table_name
        group by needed.fact_name
    )

select *
from shaped

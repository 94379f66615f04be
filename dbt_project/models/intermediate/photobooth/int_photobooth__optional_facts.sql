with
    source_columns as (select * from {{ source("meta", "source_columns") }} where system = 'photobooth'),

    -- what photobooth may lack, and the facts that need it
    needed as (
        select
            unnest(['contracts', 'attempts', 'activity', 'uptime']) as fact_name,
            unnest(['partner_contracts', 'generation_attempts', 'activity_logs', 'uptime_checks']) as table_name
    ),

    shaped as (
        select
            'photobooth' as platform,
            needed.fact_name,
            coalesce(bool_or(source_columns.is_present), false) as is_present
        from needed
        left join source_columns on needed.table_name = source_columns.table_name
        group by needed.fact_name
    )

select *
from shaped

with
    unioned as ({{ union_systems("events") }}),

    dated as (
        select
            *,
            {{ reporting_date("created_at") }} as created_date,
            {{ reporting_date("coalesce(starts_at, created_at)") }} as start_date,
            {{ reporting_date("ends_at") }} as end_date,
            case when is_deleted then {{ observed_date("observed_at") }} end as deleted_date
        from unioned
        where {{ is_past("created_at", unknown=true) }}
    )

select *
from dated

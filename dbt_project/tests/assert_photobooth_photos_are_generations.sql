-- Why: every photo that photobooth holds before as_of is one generation of its day, and nothing else is. A day
-- that an incremental build forgot (late row, deletion, row that moved to another day) shows here as a
-- difference.
{{ config(meta={"dagster": {"ref": {"name": "fct_generations"}}}) }}
with
    source_days as (
        select {{ reporting_date("created_at") }} as reporting_date, count(*) as photos
        from {{ source("raw_photobooth", "generations") }}
        where created_at < {{ as_of() }}
        group by reporting_date
    ),

    fact_days as (
        select reporting_date, count(*) as photos
        from {{ ref("fct_generations") }}
        where platform = 'photobooth'
        group by reporting_date
    )

select reporting_date, source_days.photos as source_photos, fact_days.photos as fact_photos
from source_days
full outer join fact_days using (reporting_date)
where source_days.photos is distinct from fact_days.photos

-- Why: every photo that photobooth holds before as_of is one generation, and nothing else is. A day that an
-- incremental build forgot (late row, deletion, row that moved to another day) shows here as a difference.
{{ config(meta={"dagster": {"ref": {"name": "fct_generations"}}}) }}
with
    source_days as (
        select
            floor(epoch(created_at) / 86400)::integer as utc_day,
            count(*) as photos,
            sum(epoch_us(created_at)) as instants
        from {{ source("raw_photobooth", "generations") }}
        where {{ is_past("created_at") }}
        group by utc_day
    ),

    fact_days as (
        select
            floor(epoch(generated_at) / 86400)::integer as utc_day,
            count(*) as photos,
            sum(epoch_us(generated_at)) as instants
        from {{ ref("fct_generations") }}
        where platform = 'photobooth'
        group by utc_day
    )

select date '1970-01-01' + utc_day as utc_date, source_days.photos, fact_days.photos as fact_photos
from source_days
full outer join fact_days using (utc_day)
where source_days.photos is distinct from fact_days.photos or source_days.instants is distinct from fact_days.instants

-- Why: deletion rates and photos per event divide by the photos ever made. Per event and style these are what the
-- source holds and what left it, and each is one generation or one deletion: a photo in both would count twice.
-- Of the generations only the days that this build rebuilt; assert_photobooth_photos_are_generations counts every day.
{{ config(meta={"dagster": {"ref": {"name": "fct_generation_deletions"}}}) }}
with
    source_photos as (
        select
            'photobooth:' || event_id as event_key, 'photobooth:' || coalesce(style_id, model_id) as style_key, photos
        from
            (
                select event_id, style_id, model_id, count(*) as photos
                from
                    (
                        select event_id, style_id, model_id, created_at
                        from {{ source("raw_photobooth", "generations") }}
                        where {{ was_rebuilt(reporting_date("created_at"), "created_at") }}
                        union all
                        select event_id, style_id, model_id, created_at
                        from {{ source("deleted_photobooth", "generations") }}
                    )
                where {{ is_past("created_at") }}
                group by all
            )
    ),

    fact_photos as (
        select event_key, style_key, count(*) as photos
        from
            (
                select platform, event_key, style_key
                from {{ ref("fct_generations") }}
                where {{ was_rebuilt("reporting_date", "generated_at") }}
                union all
                select platform, event_key, style_key
                from {{ ref("fct_generation_deletions") }}
            )
        where platform = 'photobooth'
        group by event_key, style_key
    ),

    differences as (
        select event_key, style_key, sum(photos) as surplus
        from
            (
                from source_photos
                union all
                select event_key, style_key, - photos
                from fact_photos
            )
        group by event_key, style_key
        having sum(photos) <> 0
    )

select event_key, style_key, surplus::varchar as problem
from differences
union all
select 'photobooth:' || there.event_id, 'photobooth:' || there.style_id, 'there and deleted: ' || there.id
from {{ source("raw_photobooth", "generations") }} as there
semi join {{ source("deleted_photobooth", "generations") }} as deleted on there.id = deleted.id

{{ config(materialized="table") }}
-- a table: the archive is a folder of hundreds of small files, and several models read these observations
with
    source as (select * from {{ source("archive_photobooth", "styles_metadata") }}),

    renamed as (
        select
            -- ids
            id as style_id,

            -- what it is: categories are free text in mixed case
            label as style_name,
            lower(nullif(trim(category), '')) as category,
            lower(nullif(trim(subcategory), '')) as subcategory,
            coalesce(is_premium, false) as is_premium,
            is_active is not false as is_active,

            -- timestamps
            created_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

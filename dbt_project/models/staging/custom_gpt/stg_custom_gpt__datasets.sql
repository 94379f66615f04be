with
    source as (select * from {{ source("raw_custom_gpt", "datasets") }}),

    renamed as (
        select
            -- ids
            id::varchar as dataset_id,
            user_id::varchar as user_id,

            -- what it is
            lower(nullif(trim(data_format), '')) as data_format,
            lower(nullif(trim(status), '')) as status,

            -- measures
            file_size_mb::double as file_size_mb,
            total_samples::bigint as samples_count,
            duplicate_count::bigint as duplicates_count,
            quality_score::double as quality_score,
            average_length::double as average_length,

            -- timestamps
            processed_at,
            created_at,
            updated_at
        from source
    )

select *
from renamed

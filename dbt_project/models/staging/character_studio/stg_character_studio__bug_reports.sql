with
    source as (select * from {{ source("raw_character_studio", "bug_reports") }}),

    renamed as (
        select
            -- ids
            id::varchar as bug_report_id,
            user_id::varchar as user_id,
            email_hash,

            -- what it is
            nullif(trim(platform), '') as browser_platform,
            lower(nullif(trim(language), '')) as browser_language,
            lower(nullif(trim(status), '')) as report_status,

            -- timestamps
            created_at,
            updated_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_media_vault", "user_activity_logs") }}),

    renamed as (
        select
            -- ids: a session is a content session, not a visit
            id::varchar as activity_id,
            user_id::varchar as user_id,
            session_id::varchar as content_session_id,
            target_user_id::varchar as target_user_id,

            -- what happened
            lower(nullif(trim(action), '')) as action,
            lower(nullif(trim(feature), '')) as feature,
            lower(nullif(trim(theme), '')) as theme,
            lower(nullif(trim(layout), '')) as layout,
            lower(nullif(trim(media_type), '')) as media_type,
            {{ exact_number("item_count", "bigint") }} as items_count,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

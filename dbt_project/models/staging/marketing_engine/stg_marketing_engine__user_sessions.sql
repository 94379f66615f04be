with
    source as (select * from {{ source("raw_marketing_engine", "user_sessions") }}),

    renamed as (
        select
            -- ids
            id::varchar as user_session_id,
            session_id::varchar as app_session_id,
            user_id::varchar as user_id,

            -- what happened
            duration_seconds::bigint as duration_seconds,
            page_views::bigint as pages_count,
            actions_count::bigint as actions_count,
            nullif(trim(landing_page), '') as landing_page,
            nullif(trim(exit_page), '') as exit_page,

            -- where it came from
            lower(nullif(trim(referrer_host), '')) as referrer_host,
            agent_device,
            agent_browser,

            -- timestamps
            started_at,
            ended_at,
            created_at
        from source
    )

select *
from renamed

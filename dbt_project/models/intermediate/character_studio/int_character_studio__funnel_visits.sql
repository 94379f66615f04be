with
    visits as (select * from {{ ref("stg_character_studio__funnel_sessions") }}),

    options as (select * from {{ ref("stg_character_studio__funnel_options") }}),

    user_observations as (select * from {{ ref("stg_character_studio__user_observations") }}),

    latest as ({{ latest_observations("user_observations", "user_id") }}),

    -- an e-mail asked for in the funnel is the only way to the account; should several have it, the first to sign up
    people as (
        select *
        from latest
        where email_hash is not null
        qualify row_number() over (partition by email_hash order by created_at nulls last, user_id) = 1
    ),

    answered as (select session_id, count(*) as answers_count from options group by session_id),

    shaped as (
        select
            {{ platform_key("character_studio", "visits.funnel_session_id") }} as visit_key,
            'character_studio' as platform,
            visits.funnel_session_id as visit_id,
            {{ platform_key("character_studio", "people.user_id") }} as user_key,
            coalesce(visits.current_step, 0) as last_step,
            coalesce(answered.answers_count, 0) as answers_count,
            visits.is_on_waitlist,
            visits.created_at as visit_started_at,
            visits.updated_at as last_seen_at
        from visits
        left join answered on visits.session_id = answered.session_id
        left join people on visits.email_hash = people.email_hash
    )

select *
from shaped

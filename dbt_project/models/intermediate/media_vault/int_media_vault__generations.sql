with
    tracked as (select * from {{ ref("int_media_vault__tracked_actions") }}),

    generations as (select * from tracked where generation_kind is not null),

    -- the log knows successes only
    shaped as (
        select
            {{ platform_key("media_vault", "activity_id") }} as generation_key,
            'media_vault' as platform,
            activity_id as generation_id,
            'direct' as channel,
            {{ platform_key("media_vault", "user_id") }} as user_key,
            generation_kind,
            action as generation_type,
            'succeeded' as outcome,
            true as is_success,
            false as is_failed,
            items_count,
            logged_at as generated_at,
            (logged_at at time zone '{{ var("local_timezones")["media_vault"] }}')::date as generated_local_date,
            hour(logged_at at time zone '{{ var("local_timezones")["media_vault"] }}')::integer as generated_local_hour
        from generations
    )

select *
from shaped

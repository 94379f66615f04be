with
    generations as (select * from {{ ref("stg_photobooth__generations") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "generation_id") }} as generation_key,
            'photobooth' as platform,
            generation_id,
            case
                when event_id is not null then 'event' when profile_id is not null then 'direct' else 'unknown'
            end as channel,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            {{ platform_key("photobooth", "event_id") }} as event_key,
            {{ platform_key("photobooth", "style_id") }} as style_key,
            'image' as generation_kind,
            'succeeded' as outcome,
            true as is_success,
            false as is_failed,
            aspect_ratio,
            created_at as generated_at,
            (created_at at time zone '{{ var("local_timezones")["photobooth"] }}')::date as generated_local_date,
            hour(created_at at time zone '{{ var("local_timezones")["photobooth"] }}')::integer as generated_local_hour,
            -- parties peak around midnight: a night lasts until 6 in the morning where it takes place
            case
                when event_id is not null
                then (created_at at time zone '{{ var("local_timezones")["photobooth"] }}' - interval 6 hours)::date
            end as event_night_date
        from generations
    )

select *
from shaped

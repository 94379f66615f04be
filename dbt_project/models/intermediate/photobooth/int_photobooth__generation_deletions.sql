with
    deletions as (select * from {{ ref("stg_photobooth__generation_deletions") }}),

    -- as int_photobooth__generations shapes a photo that is there
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
            aspect_ratio,
            created_at as generated_at,
            case
                when event_id is not null
                then (created_at at time zone '{{ var("local_timezones")["photobooth"] }}' - interval 6 hours)::date
            end as event_night_date,
            first_seen_at,
            last_seen_at,
            found_deleted_at
        from deletions
    )

select *
from shaped

with
    stats as (
        select * exclude (usage_stats_id, last_activity_at, updated_at) from {{ ref("stg_media_vault__usage_stats") }}
    ),

    tracked as (select * from {{ ref("int_media_vault__tracked_actions") }} where logged_at < {{ as_of() }}),

    -- what raises each counter. Logins, pages, calls and minutes leave nothing in the log
    meanings as (
        select *
        from
            (
                values
                    ('sessions_created', 'session_created', null, null),
                    ('sessions_viewed', 'session_viewed', null, null),
                    ('sessions_edited', 'session_edited', null, null),
                    ('sessions_deleted', 'session_deleted', null, null),
                    ('sessions_shared', 'session_shared', null, null),
                    ('sessions_favorited', 'session_favorited', null, null),
                    ('smart_captions_generated', 'smart_caption_generated', null, null),
                    ('custom_captions_generated', 'custom_caption_created', null, null),
                    ('caption_theme_1', 'smart_caption_generated', 'theme_1', null),
                    ('caption_theme_2', 'smart_caption_generated', 'theme_2', null),
                    ('caption_theme_3', 'smart_caption_generated', 'theme_3', null),
                    ('caption_theme_4', 'smart_caption_generated', 'theme_4', null),
                    ('caption_theme_5', 'smart_caption_generated', 'theme_5', null),
                    ('studio_images_created', 'studio_created', null, null),
                    ('studio_remixes_created', 'studio_remix', null, null),
                    ('studio_layouts_side_by_side', 'studio_created', null, 'side_by_side'),
                    ('studio_layouts_top_bottom', 'studio_created', null, 'top_bottom'),
                    ('media_uploaded', 'media_uploaded', null, null),
                    ('media_deleted', 'media_deleted', null, null),
                    ('media_shared', 'media_shared', null, null),
                    ('media_downloaded', 'media_downloaded', null, null),
                    ('bulk_downloads', 'bulk_download', null, null)
            ) as pairs(counter, action, theme, layout)
    ),

    reported as (
        select user_id, first_activity_at, counter, reported_value
        from (unpivot stats on columns(* exclude (user_id, first_activity_at)) into name counter value reported_value)
        where user_id is not null
    ),

    tallies as (
        select user_id, action, theme, layout, count(*) as actions_count
        from tracked
        where user_id is not null
        group by user_id, action, theme, layout
    ),

    counted as (
        select tallies.user_id, meanings.counter, sum(tallies.actions_count)::bigint as counted_value
        from tallies
        inner join
            meanings
            on tallies.action = meanings.action
            and (meanings.theme is null or tallies.theme = meanings.theme)
            and (meanings.layout is null or tallies.layout = meanings.layout)
        group by tallies.user_id, meanings.counter
    ),

    -- the product forgets old entries: of a user who was active before the oldest one left, some may be missing
    kept as (select min(logged_at) as oldest_logged_at from tracked),

    compared as (
        select
            reported.user_id,
            reported.counter,
            reported.reported_value,
            case
                when reported.first_activity_at >= kept.oldest_logged_at then coalesce(counted.counted_value, 0)
            end as counted_value
        from reported
        inner join meanings on reported.counter = meanings.counter
        cross join kept
        left join counted on reported.user_id = counted.user_id and reported.counter = counted.counter
    )

select *
from compared

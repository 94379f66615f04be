with
    observations as (select * from {{ ref("stg_media_vault__usage_stats_observations") }}),

    latest as ({{ latest_observations("observations", "usage_stats_id") }}),

    -- a counter that has moved since the reported day can't be explained by the log until then
    stats as (
        select
            user_id,
            first_activity_at,
            {{ is_past("updated_at", unknown=true) }} as is_of_the_day,
            {{ media_vault_counters() | join(", ") }}
        from latest
        where not is_deleted
    ),

    tracked as (select * from {{ ref("int_media_vault__tracked_actions") }} where {{ is_past("logged_at") }}),

    meanings as ({{ media_vault_counter_meanings() }}),

    reported as (
        select user_id, first_activity_at, is_of_the_day, counter, reported_value
        from
            (
                unpivot stats on columns(* exclude (user_id, first_activity_at, is_of_the_day))
                into name counter value reported_value
            )
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
                when reported.is_of_the_day and reported.first_activity_at >= kept.oldest_logged_at
                then coalesce(counted.counted_value, 0)
            end as counted_value
        from reported
        inner join meanings on reported.counter = meanings.counter
        cross join kept
        left join counted on reported.user_id = counted.user_id and reported.counter = counted.counter
    )

select *
from compared

{{ config(schema="intermediate") }}

{#- an event without a planned end is over when nothing happened for so many days -#}
{%- set quiet_days = 14 %}

with
    events as (select * from {{ ref("dim_event") }}),

    generations as (select * from {{ ref("fct_generations") }} where event_key is not null),

    deletions as (select * from {{ ref("fct_generation_deletions") }} where event_key is not null),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    photos as (
        select event_key, reporting_date, event_night_date, 1 as kept, 0 as deleted
        from generations
        union all
        select event_key, reporting_date, event_night_date, 0 as kept, 1 as deleted
        from deletions
    ),

    counted as (
        select
            event_key,
            sum(kept)::bigint as photos_count,
            sum(deleted)::bigint as photos_deleted_count,
            count(*) as photos_made_count,
            count(distinct event_night_date) as nights_count,
            max(reporting_date) as last_photo_date
        from photos
        group by event_key
    ),

    -- an event that was deleted before it began was never held
    dated as (
        select
            events.event_key,
            events.platform,
            events.partner_key,
            events.event_type,
            events.start_date,
            coalesce(events.start_date <= coalesce(events.deleted_date, events.start_date), false) as is_held,
            -- greatest and least leave out what is NULL
            least(
                case
                    when events.end_date is null
                    then greatest(events.start_date, counted.last_photo_date) + {{ quiet_days }}
                    else greatest(events.start_date, events.end_date)
                end,
                events.deleted_date
            ) as ended_date,
            coalesce(counted.photos_count, 0) as photos_count,
            coalesce(counted.photos_deleted_count, 0) as photos_deleted_count,
            coalesce(counted.photos_made_count, 0) as photos_made_count,
            coalesce(counted.nights_count, 0) as nights_count
        from events
        left join counted on events.event_key = counted.event_key
    ),

    activity as (
        select
            dated.*,
            dated.is_held and dated.start_date <= reported.last_day as is_started,
            dated.is_held and coalesce(dated.ended_date <= reported.last_day, false) as is_ended
        from dated
        cross join reported
    )

select *
from activity

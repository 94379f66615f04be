with
    events as (select * from {{ ref("event_activity") }}),

    generations as (select * from {{ ref("fct_generations") }} where event_key is not null),

    dates as (select * from {{ ref("dim_date") }} where is_complete),

    targets as (select * from {{ ref("event_type_targets") }}),

    bands as (select * from {{ ref("kpi_bands") }} where kpi_id = 'generations_per_event'),

    months as (
        select month_start_date, any_value(is_month_complete) as is_complete from dates group by month_start_date
    ),

    frame as (
        select types.platform, types.event_type, months.month_start_date, months.is_complete
        from (select distinct platform, event_type from events) as types
        cross join months
    ),

    begun as (
        select
            platform,
            event_type,
            date_trunc('month', start_date)::date as month_start_date,
            count(*) as events_count,
            count(distinct partner_key) as partners_count
        from events
        where is_started
        group by platform, event_type, month_start_date
    ),

    photographed as (
        select
            events.platform,
            events.event_type,
            date_trunc('month', generations.reporting_date)::date as month_start_date,
            count(*) as photos_count
        from generations
        inner join events on generations.event_key = events.event_key
        group by events.platform, events.event_type, month_start_date
    ),

    -- events that guests used at all
    over as (
        select
            platform,
            event_type,
            date_trunc('month', ended_date)::date as month_start_date,
            count(*) as ended_events_count,
            sum(photos_made_count)::bigint as ended_photos_count,
            median(photos_made_count) as photos_per_event_median
        from events
        where is_ended and photos_made_count > 0
        group by platform, event_type, month_start_date
    ),

    measured as (
        select
            frame.platform,
            frame.event_type,
            frame.month_start_date,
            frame.is_complete,
            coalesce(begun.events_count, 0) as events_count,
            coalesce(begun.partners_count, 0) as partners_count,
            coalesce(photographed.photos_count, 0) as photos_count,
            coalesce(over.ended_events_count, 0) as ended_events_count,
            coalesce(over.ended_photos_count, 0) as ended_photos_count,
            over.ended_photos_count::double / over.ended_events_count::double as raw_photos_per_event,
            over.photos_per_event_median::double as photos_per_event_median
        from frame
        left join begun using (platform, event_type, month_start_date)
        left join photographed using (platform, event_type, month_start_date)
        left join over using (platform, event_type, month_start_date)
    ),

    shown as (
        select
            measured.* exclude (raw_photos_per_event, photos_per_event_median),
            {{ rounded("measured.raw_photos_per_event", 4) }} as photos_per_event,
            measured.photos_per_event_median,
            case when measured.ended_events_count = 0 then 'zero_denominator' end as null_reason,
            case
                when measured.is_complete
                then {{ engagement_band("measured.raw_photos_per_event", "targets", "bands") }}
            end as engagement_band
        from measured
        cross join bands
        left join targets on measured.event_type = targets.event_type
    )

select *
from shown

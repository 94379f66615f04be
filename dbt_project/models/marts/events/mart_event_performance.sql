with
    events as (select * from {{ ref("dim_event") }}),

    activity as (select * from {{ ref("event_activity") }}),

    partners as (select * from {{ ref("dim_partner") }}),

    targets as (select * from {{ ref("event_type_targets") }}),

    bands as (select * from {{ ref("kpi_bands") }} where kpi_id = 'generations_per_event'),

    actions as (select * from {{ ref("engagement_actions") }}),

    -- only an event that is over, and that guests used at all, says something about its guests
    measured as (
        select
            events.* exclude (platform, partner_key, event_type, start_date),
            activity.*,
            case
                when not activity.is_held
                then 'not_held'
                when not activity.is_started
                then 'upcoming'
                when not activity.is_ended
                then 'running'
                else 'ended'
            end as event_status,
            case
                when activity.is_ended and activity.photos_made_count > 0 then activity.photos_made_count
            end as judged_photos
        from events
        inner join activity on events.event_key = activity.event_key
    ),

    banded as (
        select measured.*, {{ engagement_band("measured.judged_photos", "targets", "bands") }} as engagement_band
        from measured
        cross join bands
        left join targets on measured.event_type = targets.event_type
    ),

    shown as (
        select
            banded.event_key,
            banded.platform,
            banded.event_id,
            banded.partner_key,
            partners.partner_name,
            banded.client_key,
            banded.event_type,
            banded.event_status,
            banded.is_active,
            banded.is_deleted,
            banded.created_date,
            banded.start_date,
            banded.end_date,
            case when banded.is_ended then banded.ended_date end as ended_date,
            banded.deleted_date,
            banded.nights_count,
            banded.photos_count,
            banded.photos_deleted_count,
            banded.photos_made_count,
            banded.credits_allocated,
            banded.credits_used,
            {{ ratio("banded.credits_used", "banded.credits_allocated", 100, digits=4) }} as budget_used_pct,
            case when banded.credits_allocated = 0 then 'zero_denominator' end as null_reason,
            banded.engagement_band,
            case
                when not banded.is_ended then 'not_ended' when banded.photos_made_count = 0 then 'no_photos'
            end as engagement_null_reason,
            actions.recommended_action,
            banded.observed_at
        from banded
        left join partners on banded.partner_key = partners.partner_key
        left join actions on banded.engagement_band = actions.engagement_band
    )

select *
from shown

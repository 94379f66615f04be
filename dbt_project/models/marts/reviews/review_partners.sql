{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    partners as (select * from {{ ref("mart_partner_360") }}),

    -- unknown segments are no change
    months as (
        select *, coalesce(segment, segment_null_reason) as segment_or_left
        from {{ ref("mart_partner_months") }}
        where coalesce(segment_null_reason, 'left') = 'left'
    ),

    segment_actions as (select * from {{ ref("partner_segment_actions") }}),

    applications as (select * from {{ ref("fct_partner_applications") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    top_partners as (
        select
            platform,
            periods.pack,
            'top_partners' as section,
            partner_key as item_key,
            coalesce(partner_name, partner_id) as item_title,
            photos_30d as value,
            'photos in 30 days' as unit,
            photos_rank_30d as sort_value,
            'what makes it work, and whether others can learn from it' as look_at,
            recommended_action
        from partners
        inner join periods on periods.pack = 'weekly'
        where photos_rank_30d <= 10 and photos_30d > 0
    ),

    -- the longest silence first; one that never held an event before all
    quiet_partners as (
        select
            platform,
            periods.pack,
            'quiet_partners' as section,
            partner_key as item_key,
            coalesce(partner_name, partner_id) as item_title,
            reported.last_day - last_event_date as value,
            'days since its last event' as unit,
            case when last_event_date is null then 'not_held' end as null_reason,
            - coalesce(reported.last_day - last_event_date, 100000) as sort_value,
            segment as look_at,
            recommended_action
        from partners
        inner join periods on periods.pack = 'weekly'
        cross join reported
        where segment in ('dormant', 'lapsing')
    ),

    new_partners as (
        select
            platform,
            periods.pack,
            'new_partners' as section,
            partner_key as item_key,
            coalesce(partner_name, partner_id) as item_title,
            credits_total as value,
            'credits' as unit,
            row_number() over (partition by platform, periods.pack order by first_seen_date, partner_key) as sort_value,
            'first seen on ' || first_seen_date as look_at,
            recommended_action
        from partners
        inner join
            periods
            on periods.pack in ('daily', 'weekly')
            and first_seen_date between periods.period_start and periods.period_end
    ),

    partners_changed as (
        select
            now.platform,
            periods.pack,
            'partners_changed' as section,
            now.partner_key as item_key,
            coalesce(now.partner_name, now.partner_id) as item_title,
            now.events_count as value,
            'events' as unit,
            before.events_count as previous_value,
            now.events_count - before.events_count as sort_value,
            'from ' || before.segment_or_left || ' to ' || now.segment_or_left as look_at,
            segment_actions.recommended_action
        from periods
        inner join months as now on periods.pack = 'monthly' and periods.period_start = now.month_start_date
        inner join
            months as before
            on now.partner_key = before.partner_key
            and periods.previous_start = before.month_start_date
        left join segment_actions on now.segment = segment_actions.segment
        where now.segment_or_left <> before.segment_or_left
    ),

    open_applications as (
        select
            platform,
            periods.pack,
            'applications' as section,
            application_key as item_key,
            user_key as item_title,
            reported.last_day - applied_date as value,
            'days waiting' as unit,
            - (reported.last_day - applied_date) as sort_value,
            'applied on ' || applied_date as look_at,
            'Check the applicant and approve or refuse.' as recommended_action
        from applications
        inner join periods on periods.pack = 'daily'
        cross join reported
        where decided_date is null
    ),

    items as (
        {{
            review_items(
                ["top_partners", "quiet_partners", "new_partners", "partners_changed", "open_applications"],
                owner="partners",
            )
        }}
    )

select *
from items

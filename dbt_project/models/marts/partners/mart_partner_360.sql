with
    partners as (select * from {{ ref("dim_partner") }}),

    activity as (select * from {{ ref("partner_activity") }}),

    segment_actions as (select * from {{ ref("partner_segment_actions") }}),

    bands as (select * from {{ ref("kpi_bands") }} where kpi_id = 'consumption_ratio'),

    -- percentages are NULL for a partner that never had credits
    measured as (
        select
            *,
            credits_total - credits_allocated as credits_unallocated,
            credits_allocated - credits_consumed as credits_allocated_unused,
            credits_total - credits_consumed as credits_liability,
            100 * credits_consumed::double / nullif(credits_total, 0)::double as usage_pct,
            100 * (credits_total - credits_allocated)::double / nullif(credits_total, 0)::double as raw_remaining_pct
        from partners
        inner join activity using (partner_key)
    ),

    -- the first that matches; a partner that left has none
    segmented as (
        select
            *,
            case
                when not is_active
                then null
                when days_since_first_seen < 30
                then 'new'
                when events_90d = 0
                then 'dormant'
                when events_last_month >= 10 and usage_pct >= 80
                then 'power'
                when events_last_month >= 3 and usage_pct >= 50
                then 'active'
                when events_last_month >= 1
                then 'occasional'
                else 'lapsing'
            end as segment
        from measured
    ),

    shown as (
        select
            segmented.partner_key,
            segmented.platform,
            segmented.partner_id,
            segmented.partner_name,
            segmented.is_virtual,
            segmented.is_active,
            segmented.is_deleted,
            segmented.first_seen_date,
            segmented.deactivated_date,
            segmented.credits_total,
            segmented.credits_allocated,
            segmented.credits_consumed,
            segmented.credits_unallocated,
            segmented.credits_allocated_unused,
            segmented.credits_liability,
            round(segmented.raw_remaining_pct, 4) as remaining_pct,
            case
                when segmented.credits_total = 0
                then null
                when segmented.credits_unallocated <= 0
                then 'exhausted'
                when segmented.raw_remaining_pct < 10
                then 'critical'
                when segmented.raw_remaining_pct < 20
                then 'low'
                else 'enough'
            end as low_credit_level,
            segmented.events_total,
            segmented.events_last_month,
            segmented.events_30d,
            segmented.events_90d,
            segmented.last_event_date,
            segmented.photos_total,
            round(segmented.usage_pct / 100, 6) as consumption_ratio,
            case when segmented.credits_total = 0 then 'zero_denominator' end as null_reason,
            case
                when segmented.usage_pct is null
                then null
                when segmented.usage_pct < bands.poor_below or segmented.usage_pct > bands.poor_above
                then 'poor'
                when segmented.usage_pct < bands.good_from or segmented.usage_pct > bands.good_to
                then 'watch'
                else 'good'
            end as usage_band,
            segmented.usage_pct < 50 as is_training_needed,
            segmented.usage_pct > 90 as is_upsell_candidate,
            segmented.segment,
            case
                segmented.segment
                when 'power'
                then true
                when 'active'
                then segmented.events_last_month <= 9 and segmented.usage_pct <= 80
                when 'occasional'
                then coalesce(segmented.events_last_month <= 2 and segmented.usage_pct < 50, false)
                when 'dormant'
                then true
                when 'lapsing'
                then false
                when 'new'
                then false
            end as segment_exact,
            segment_actions.recommended_action,
            segmented.observed_at
        from segmented
        cross join bands
        left join segment_actions on segmented.segment = segment_actions.segment
    )

select *
from shown

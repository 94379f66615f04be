with
    partners as (select * from {{ ref("dim_partner") }}),

    activity as (select * from {{ ref("partner_activity") }}),

    -- the contracts in force on the last reported day are those of the month that holds it
    this_month as (
        select partner_key, mrr_ars, mrr_usd, mrr_null_reason
        from {{ ref("mart_partner_months") }}
        qualify month_start_date = max(month_start_date) over ()
    ),

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
    segmented as (select *, {{ partner_segment("events_last_month") }} as segment from measured),

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
            {{ rounded("segmented.raw_remaining_pct", 4) }} as remaining_pct,
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
            segmented.photos_30d,
            case
                when segmented.is_active
                then
                    row_number() over (
                        partition by segmented.platform, segmented.is_active
                        order by segmented.photos_30d desc, segmented.partner_key
                    )
            end as photos_rank_30d,
            segmented.revenue_ars,
            this_month.mrr_ars,
            this_month.mrr_usd,
            this_month.mrr_null_reason,
            {{ ratio("segmented.usage_pct", 100) }} as consumption_ratio,
            case when segmented.credits_total = 0 then 'zero_denominator' end as null_reason,
            {{ consumption_band("segmented.usage_pct", "bands") }} as usage_band,
            segmented.usage_pct < 50 as is_training_needed,
            segmented.usage_pct > 90 as is_upsell_candidate,
            segmented.segment,
            {{ is_partner_segment_exact("segmented.segment", "events_last_month") }} as segment_exact,
            segment_actions.recommended_action,
            segmented.observed_at
        from segmented
        cross join bands
        left join this_month on segmented.partner_key = this_month.partner_key
        left join segment_actions on segmented.segment = segment_actions.segment
    )

select *
from shown

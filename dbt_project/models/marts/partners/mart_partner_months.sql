{%- set flows = {"total": "purchased", "allocated": "allocated", "consumed": "consumed"} %}

with
    balances as (select * from {{ ref("partner_month_balances") }}),

    activity as (select * from {{ ref("partner_month_activity") }}),

    partners as (select * from {{ ref("dim_partner") }}),

    has_contracts as (select * from {{ ref("dim_optional_fact") }} where fact_name = 'contracts' and is_present),

    bands as (select * from {{ ref("kpi_bands") }} where kpi_id = 'consumption_ratio'),

    -- a partner begins with nothing; what was before a platform was first read is unknown
    measured as (
        select
            *,
            (last_day - first_seen_date)::integer as days_since_first_seen,
            case
                when is_observed then 100 * credits_consumed::double / nullif(credits_total, 0)::double
            end as usage_pct,
            is_observed
            and coalesce(lag(is_observed) over by_month, first_seen_date >= month_start_date) as is_flow_known
            {% for counter in flows %}
                , credits_{{ counter }} - coalesce(lag(credits_{{ counter }}) over by_month, 0) as {{ counter }}_moved
            {% endfor %}
        from balances
        inner join activity using (partner_key, month_start_date)
        window by_month as (partition by partner_key order by month_start_date)
    ),

    -- one or two events are occasional and none are none, whatever was consumed
    judged as (
        select
            *,
            case
                when not is_complete
                then 'incomplete_period'
                when not is_active
                then 'left'
                when not is_observed and days_since_first_seen >= 30 and events_count >= 3
                then 'not_observed'
            end as segment_null_reason
        from measured
    ),

    segmented as (
        select *, case when segment_null_reason is null then {{ partner_segment("events_count") }} end as segment
        from judged
    ),

    shown as (
        select
            segmented.partner_key,
            segmented.month_start_date,
            segmented.platform,
            partners.partner_id,
            partners.partner_name,
            segmented.is_complete,
            segmented.is_active,
            segmented.days_since_first_seen,
            segmented.events_count,
            segmented.events_90d,
            segmented.photos_count,
            {% for counter, flow in flows.items() %}
                case when segmented.is_flow_known then segmented.{{ counter }}_moved end as credits_{{ flow }}_in_month,
            {% endfor %}
            case when not segmented.is_flow_known then 'not_observed' end as flow_null_reason,
            {% for counter in flows %}
                case when segmented.is_observed then segmented.credits_{{ counter }} end as credits_{{ counter }},
            {% endfor %}
            {{ ratio("segmented.usage_pct", 100) }} as consumption_ratio,
            case
                when not segmented.is_observed
                then 'not_observed'
                when segmented.credits_total = 0
                then 'zero_denominator'
            end as null_reason,
            {{ consumption_band("segmented.usage_pct", "bands") }} as usage_band,
            segmented.revenue_ars,
            case when has_contracts.is_present then segmented.mrr_ars end as mrr_ars,
            case when has_contracts.is_present then segmented.mrr_usd end as mrr_usd,
            case when has_contracts.is_present is null then 'no_source' end as mrr_null_reason,
            segmented.segment,
            case
                when segmented.is_observed or segmented.segment <> 'occasional'
                then {{ is_partner_segment_exact("segment", "events_count") }}
            end as segment_exact,
            segmented.segment_null_reason
        from segmented
        cross join bands
        inner join partners on segmented.partner_key = partners.partner_key
        left join has_contracts on segmented.platform = has_contracts.platform
    )

select *
from shown

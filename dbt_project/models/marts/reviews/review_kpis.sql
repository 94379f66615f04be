{{ config(materialized="view", schema="intermediate") }}

with
    periods as (select * from {{ ref("review_periods") }}),

    scorecard as (select * from {{ ref("mart_kpi_scorecard") }}),

    compared as (
        select
            periods.pack,
            now.*,
            before.band as previous_band,
            -- 0 is the best
            case now.band when 'poor' then 2 when 'watch' then 1 when 'good' then 0 end as badness,
            case before.band when 'poor' then 2 when 'watch' then 1 when 'good' then 0 end as previous_badness
        from periods
        inner join scorecard as now on periods.period_type = now.period_type and periods.period_start = now.period_start
        left join
            scorecard as before
            on now.platform = before.platform
            and now.kpi_id = before.kpi_id
            and now.period_type = before.period_type
            and periods.previous_start = before.period_start
    ),

    -- what fell into a worse band comes first, then what is still bad, then what got better
    kpis as (
        select
            platform,
            pack,
            'kpis' as section,
            kpi_id as item_key,
            kpi_title as item_title,
            value,
            unit,
            case when delta_abs is not null then previous_value end as previous_value,
            null_reason,
            band,
            previous_band,
            case
                when badness > previous_badness
                then 10 - badness
                when badness > 0
                then 20 - badness
                when badness < previous_badness
                then 30
                else 40
            end as sort_value,
            case
                when badness > previous_badness
                then 'fell from ' || previous_band || ' to ' || band
                when badness < previous_badness
                then 'rose from ' || previous_band || ' to ' || band
                when badness > 0
                then 'still ' || band
                when value is null
                then 'no value'
                else 'compare with the period before'
            end as look_at,
            recommended_action,
            owner
        from compared
    ),

    items as ({{ review_items(["kpis"]) }})

select *
from items

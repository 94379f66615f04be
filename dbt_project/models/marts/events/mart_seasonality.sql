with
    series as (select * from {{ ref("monthly_series") }}),

    seasons as (select * from {{ ref("documented_seasons") }}),

    -- twelve months centred on a month: half of the sixth before and half of the sixth after it
    centred as (
        select
            *,
            sum(value) over (by_month rows between 6 preceding and 5 following) as half_before,
            sum(value) over (by_month rows between 5 preceding and 6 following) as half_after,
            count(*) over (by_month rows between 6 preceding and 6 following) = 13 as is_whole
        from series
        window by_month as (partition by platform, metric, segment order by month_start_date)
    ),

    ratios as (
        select
            *,
            case
                when is_whole then (value::double / nullif((half_before + half_after) / 24, 0)::double)::decimal(18, 9)
            end as ratio
        from centred
    ),

    lengths as (
        select platform, metric, segment, floor(count(*) / 12)::integer as cycles_count
        from ratios
        group by platform, metric, segment
    ),

    indexes as (
        select
            platform,
            metric,
            segment,
            month(month_start_date)::integer as calendar_month,
            count(*) as months_count,
            sum(value) as value_total,
            count(ratio) as ratios_count,
            sum(ratio)::double / nullif(count(ratio), 0)::double as raw_index
        from ratios
        group by platform, metric, segment, calendar_month
    ),

    measured as (
        select
            lengths.platform,
            lengths.metric,
            lengths.segment,
            calendar.calendar_month,
            lengths.cycles_count,
            coalesce(indexes.months_count, 0) as months_count,
            coalesce(indexes.value_total, 0)::decimal(18, 2) as value_total,
            coalesce(indexes.ratios_count, 0) as ratios_count,
            case when lengths.cycles_count >= 2 then {{ rounded("indexes.raw_index") }} end as month_index
        from lengths
        cross join (select unnest(generate_series(1, 12))::integer as calendar_month) as calendar
        left join indexes using (platform, metric, segment, calendar_month)
    ),

    shown as (
        select
            measured.*,
            measured.month_index >= 1.15 as is_peak,
            measured.month_index <= 0.85 as is_low,
            case
                when measured.cycles_count < 2
                then 'insufficient_cycles'
                when measured.month_index is null
                then 'zero_denominator'
            end as null_reason,
            seasons.documented_season,
            seasons.documented_hemisphere
        from measured
        left join seasons using (segment, calendar_month)
    )

select *
from shown

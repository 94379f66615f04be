with
    definitions as (select * from {{ ref("kpi_definitions") }}),

    bands as (select * from {{ ref("kpi_bands") }}),

    measures as (select * from {{ ref("kpi_measures") }}),

    -- a KPI exists on the platforms that feed all its measures
    paired as (
        select
            definitions.*,
            numerators.* exclude (measure_id, is_assumed, is_previous_assumed),
            case
                when definitions.is_denominator_previous then denominators.previous_value else denominators.value
            end as divisor,
            case
                when definitions.is_denominator_previous
                then denominators.previous_null_reason
                else denominators.null_reason
            end as divisor_null_reason,
            numerators.is_assumed
            or coalesce(
                case
                    when definitions.is_denominator_previous
                    then denominators.is_previous_assumed
                    else denominators.is_assumed
                end,
                false
            ) as is_assumed
        from definitions
        inner join measures as numerators on definitions.numerator = numerators.measure_id
        left join
            measures as denominators
            on definitions.denominator = denominators.measure_id
            and numerators.platform = denominators.platform
            and numerators.period_type = denominators.period_type
            and numerators.period_start = denominators.period_start
        where definitions.denominator is null or denominators.measure_id is not null
    ),

    divided as (
        select
            * replace (
                case
                    kind when 'delta' then value - previous_value when 'churn' then coalesce(lost_value, 0) else value
                end as value
            ),
            case
                when is_denominator_previous and not is_complete
                then 'incomplete_period'
                when kind = 'delta' and previous_value is not null and not is_previous_complete
                then 'incomplete_previous_period'
                when coalesce(null_reason, divisor_null_reason) is not null
                then coalesce(null_reason, divisor_null_reason)
                when is_denominator_previous and divisor is null
                then 'no_previous_period'
                when divisor = 0
                then 'zero_denominator'
            end as reason
        from paired
    ),

    valued as (
        select
            * exclude (value, previous_value),
            value as numerator_value,
            case when reason is null then {{ ratio("scale * value::double", "coalesce(divisor, 1)") }} end as kpi_value
        from divided
    ),

    compared as (
        select
            valued.*,
            bands.* exclude (kpi_id, period_types),
            lag(kpi_value) over (
                partition by platform, valued.kpi_id, period_type order by period_start
            ) as previous_kpi_value,
            case
                when not is_complete or kpi_value is null or coalesce(poor_below, poor_above) is null
                then null
                when kpi_value < poor_below or kpi_value > poor_above
                then 'poor'
                when kpi_value < good_from or kpi_value > good_to or kpi_value >= good_below
                then 'watch'
                else 'good'
            end as band
        from valued
        left join
            bands
            on valued.kpi_id = bands.kpi_id
            and list_contains(string_split(bands.period_types, ','), valued.period_type)
    ),

    shown as (
        select
            platform,
            kpi_id,
            kpi_order,
            title as kpi_title,
            is_headline,
            period_type,
            period_start,
            period_end,
            is_complete,
            numerator_value::decimal(18, 6) as numerator,
            divisor::decimal(18, 6) as denominator,
            kpi_value as value,
            reason as null_reason,
            previous_kpi_value as previous_value,
            case
                when is_complete and is_previous_complete then {{ rounded("kpi_value - previous_kpi_value") }}
            end as delta_abs,
            case
                when is_complete and is_previous_complete and previous_kpi_value > 0
                then {{ ratio("kpi_value - previous_kpi_value", "previous_kpi_value", 100, digits=4) }}
            end as delta_pct,
            target::double as target,
            band,
            case
                when band in ('watch', 'poor') and kpi_value < good_from
                then action_low
                when band in ('watch', 'poor')
                then action_high
            end as recommended_action,
            is_assumed,
            unit,
            direction,
            owner
        from compared
    )

select *
from shown

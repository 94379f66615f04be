with
    reconciliations as (select * from {{ ref("fct_reconciliations") }}),

    compared as (select *, reported_value - counted_value as difference from reconciliations),

    counted as (
        select
            platform,
            counter,
            period_type,
            count(distinct entity_key) filter (difference is not null) as entities_count,
            count(distinct entity_key) filter (difference <> 0) as entities_differing_count,
            count(difference) as comparisons_count,
            count(*) filter (difference <> 0) as comparisons_differing_count,
            count(*) filter (difference is null) as not_compared_count,
            sum(reported_value) filter (difference is not null)::decimal(38, 6) as reported_sum,
            sum(counted_value)::decimal(38, 6) as counted_sum,
            sum(difference)::decimal(38, 6) as difference_sum,
            max(abs(difference))::decimal(38, 6) as largest_difference
        from compared
        group by platform, counter, period_type
    ),

    shown as (
        select
            *,
            {{ ratio("entities_differing_count", "entities_count", 100) }} as differing_pct,
            case when entities_count = 0 then 'not_kept' end as null_reason
        from counted
    )

select *
from shown

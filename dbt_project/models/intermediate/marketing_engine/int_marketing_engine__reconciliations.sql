with
    day_counters as (select * from {{ ref("int_marketing_engine__day_counters") }}),

    plan_counters as (select * from {{ ref("int_marketing_engine__plan_counters") }}),

    campaign_counters as (select * from {{ ref("int_marketing_engine__campaign_counters") }}),

    united as (
        select *
        from day_counters
        union all by name
        select *
        from plan_counters
        union all by name
        select *
        from campaign_counters
    ),

    -- a counter that says nothing is not compared
    shaped as (
        select
            {{
                platform_key(
                    "marketing_engine", "concat_ws(':', counter, entity_key, period_type, epoch_us(period_start_at))"
                )
            }} as reconciliation_key,
            'marketing_engine' as platform,
            counter,
            entity_key,
            period_type,
            period_start_at,
            reported_value,
            counted_value
        from united
        where reported_value is not null
    )

select *
from shaped

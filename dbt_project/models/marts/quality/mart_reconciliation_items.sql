{#- so many of each counter: enough to see what they have in common -#}
{%- set most_items = 1000 %}

with
    reconciliations as (select * from {{ ref("fct_reconciliations") }}),

    differing as (
        select *, reported_value - counted_value as difference
        from reconciliations
        where reported_value <> counted_value
    ),

    ranked as (
        select
            reconciliation_key,
            platform,
            counter,
            entity_key,
            period_type,
            period_start_at,
            reported_value,
            counted_value,
            difference::decimal(18, 6) as difference,
            row_number() over (
                partition by platform, counter
                order by abs(difference) desc, entity_key, period_type, period_start_at, reconciliation_key
            ) as difference_rank
        from differing
    ),

    largest as (select * from ranked where difference_rank <= {{ most_items }})

select *
from largest

{{ config(materialized="view", schema="intermediate") }}

{%- set days = 90 %}

with
    payments as (select * from {{ ref("kpi_payments") }} where payer_type = 'direct'),

    -- a purchase and the one before it both lie in the window that ends with any day of [from_date, to_date)
    pairs as (
        select
            platform,
            user_key,
            reporting_date as from_date,
            lag(reporting_date) over (partition by platform, user_key order by reporting_date, payment_key)
            + {{ days }} as to_date
        from payments
    ),

    -- both ends only grow from pair to pair, so a stretch goes on while the next pair begins before the last one ends
    marked as (
        select
            *,
            case
                when from_date <= lag(to_date) over (partition by platform, user_key order by from_date, to_date)
                then 0
                else 1
            end as is_start
        from pairs
        where from_date < to_date
    ),

    numbered as (
        select *, sum(is_start) over (partition by platform, user_key order by from_date, to_date) as stretch
        from marked
    ),

    stretches as (
        select platform, user_key, min(from_date) as from_date, max(to_date) as to_date
        from numbered
        group by platform, user_key, stretch
    )

select *
from stretches

with
    movements as (select * from {{ ref("int_photobooth__wallet_movements") }}),

    observations as (
        select * from {{ ref("int_photobooth__partner_observations") }} where {{ is_past("known_since", unknown=true) }}
    ),

    first_looks as (
        select partner_id, min(observed_at) as observed_at, min(known_since) as known_since
        from observations
        group by partner_id
    ),

    -- what the counters say: how much the available credits moved since the last time we looked, from 0 on
    counted as (
        select
            partner_id,
            observed_at,
            (credits_total - credits_allocated)
            - lag(credits_total - credits_allocated, 1, 0) over (partition by partner_id order by load_id) as credits
        from observations
    ),

    loads as (
        select observed_at
        from observations
        union
        select {{ as_of() }} as observed_at
    ),

    -- what the ledger says, at the first load that could see it
    booked as (
        select
            movements.partner_id,
            greatest(loads.observed_at, first_looks.observed_at) as observed_at,
            - movements.credits as credits
        from movements
        asof inner join loads on movements.occurred_at < loads.observed_at
        inner join first_looks on movements.partner_id = first_looks.partner_id
    ),

    differences as (
        select *
        from counted
        union all by name
        select *
        from booked
    ),

    unbooked as (
        select partner_id, observed_at, sum(credits)::bigint as credits
        from differences
        group by partner_id, observed_at
        having sum(credits) <> 0
    ),

    united as (
        select
            {{ platform_key("photobooth", "wallet_transaction_id") }} as movement_key,
            partner_id,
            movement_type,
            credits,
            occurred_at,
            true as is_booked
        from movements
        union all by name
        select
            {{ platform_key("photobooth", "unbooked.partner_id") }}
            || ':'
            || strftime(unbooked.observed_at, '%Y%m%dT%H%M%S') as movement_key,
            unbooked.partner_id,
            'unbooked' as movement_type,
            unbooked.credits,
            greatest(unbooked.observed_at - interval 1 microsecond, first_looks.known_since) as occurred_at,
            false as is_booked
        from unbooked
        inner join first_looks on unbooked.partner_id = first_looks.partner_id
    ),

    shaped as (
        select
            movement_key,
            'photobooth' as platform,
            'partner' as account_type,
            {{ platform_key("photobooth", "partner_id") }} as account_key,
            movement_type,
            credits,
            occurred_at,
            is_booked
        from united
    )

select *
from shaped

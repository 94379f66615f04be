with
    contracts as (select * from {{ ref("stg_photobooth__contract_observations") }}),

    accounts as (select * from {{ ref("int_photobooth__partner_accounts") }}),

    -- the dates say themselves from when to when they hold: as last known. A value and a status hold when observed
    dated as (
        select
            *,
            last_value(starts_on) over by_contract as first_day,
            last_value(ends_on) over by_contract as last_day,
            min(created_at) over by_contract as known_since
        from contracts
        window
            by_contract as (
                partition by partner_contract_id
                order by load_id
                rows between unbounded preceding and unbounded following
            )
    ),

    -- NULL for one that is called ended because its last day is over: nothing changed before that day
    judged as (
        select
            *,
            case
                when is_deleted
                then false
                when contract_status = 'ended' and last_day <= {{ observed_date("observed_at") }}
                then null
                else coalesce(contract_status = 'active', false)
            end as is_in_force_now
        from dated
    ),

    shaped as (
        select
            {{ platform_key("photobooth", "judged.partner_contract_id") }} as contract_key,
            'photobooth' as platform,
            {{ platform_key("photobooth", "coalesce(accounts.partner_id, judged.partner_id)") }} as partner_key,
            judged.monthly_value,
            coalesce(judged.currency, '{{ var("default_currencies")["photobooth"] }}') as currency,
            judged.first_day as starts_on,
            judged.last_day as ends_on,
            coalesce(
                last_value(judged.is_in_force_now ignore nulls) over (
                    partition by judged.partner_contract_id order by judged.load_id
                ),
                true
            ) as is_in_force,
            judged.known_since,
            judged.load_id,
            judged.observed_at
        from judged
        left join accounts on judged.partner_id = accounts.account_id
    )

select *
from shaped

with
    unioned as ({{ union_systems("contract_observations") }}),

    stretches as (
        {{
            constant_stretches(
                "unioned",
                key="contract_key",
                attributes=["partner_key", "monthly_value", "currency", "is_in_force", "starts_on", "ends_on"],
            )
        }}
    ),

    -- the first state counts from the first day of the contract, entered in time or not
    dated as (
        select
            contract_key,
            platform,
            partner_key,
            monthly_value,
            currency,
            case
                when row_number() over (partition by contract_key order by valid_from) = 1
                then coalesce(starts_on, valid_from_date)
                else greatest(valid_from_date, coalesce(starts_on, valid_from_date))
            end as valid_from_date,
            case
                when valid_to_date is null or ends_on < valid_to_date then ends_on + 1 else valid_to_date
            end as valid_to_date,
            is_in_force
        from stretches
    ),

    in_force as (
        select contract_key, platform, partner_key, monthly_value, currency, valid_from_date, valid_to_date
        from dated
        where is_in_force and (valid_to_date is null or valid_from_date < valid_to_date)
    )

select *
from in_force

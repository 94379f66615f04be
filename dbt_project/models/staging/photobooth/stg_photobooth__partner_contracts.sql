with
    source as (select * from {{ source("raw_photobooth", "partner_contracts") }}),

    renamed as (
        select
            -- ids
            id::varchar as partner_contract_id,
            partner_id::varchar as partner_id,

            -- what is agreed
            monthly_value,
            upper(trim(currency)) as currency,
            starts_on,
            ends_on,
            lower(trim(status)) as contract_status,

            -- timestamps
            created_at
        from source
    )

select *
from renamed

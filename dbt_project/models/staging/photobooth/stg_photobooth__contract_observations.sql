with
    source as (select * from {{ source("archive_photobooth", "partner_contracts") }}),

    renamed as (
        select
            -- ids
            id::varchar as partner_contract_id,
            partner_id::varchar as partner_id,

            -- what is agreed
            monthly_value,
            upper(nullif(trim(currency), '')) as currency,
            starts_on,
            ends_on,
            lower(nullif(trim(status), '')) as contract_status,

            -- timestamps
            created_at,

            -- the observation
            _load_id as load_id,
            _observed_at as observed_at,
            _op = 'delete' as is_deleted
        from source
    )

select *
from renamed

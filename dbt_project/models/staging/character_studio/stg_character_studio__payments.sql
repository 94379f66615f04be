with
    source as (select * from {{ source("raw_character_studio", "payments") }}),

    renamed as (
        select
            -- ids
            id::varchar as payment_id,
            user_id::varchar as user_id,
            subscription_id::varchar as subscription_id,

            -- what is paid
            lower(nullif(trim(kind), '')) as payment_kind,
            lower(nullif(trim(tier), '')) as tier,
            lower(nullif(trim("interval"), '')) as billing_interval,
            lower(nullif(trim(status), '')) as payment_status,

            -- money and credits
            amount::decimal(18, 2) as amount,
            upper(nullif(trim(currency), '')) as currency,
            pack_credits::bigint as pack_credits,

            -- timestamps
            paid_at,
            created_at
        from source
    )

select *
from renamed

with
    source as (select * from {{ source("raw_marketing_engine", "subscription_payments") }}),

    renamed as (
        select
            -- ids
            id::varchar as payment_id,
            user_id::varchar as user_id,

            -- what is paid for
            lower(nullif(trim(plan_type), '')) as plan_type,
            lower(nullif(trim("interval"), '')) as billing_interval,
            period_start,
            period_end,

            -- money
            lower(nullif(trim(status), '')) as payment_status,
            amount::decimal(18, 2) as amount,
            upper(nullif(trim(currency), '')) as currency,

            -- timestamps
            paid_at,
            created_at
        from source
    )

select *
from renamed

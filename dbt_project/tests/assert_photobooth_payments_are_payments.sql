-- Why: every approved notification before as_of is one row of its day with its amount, duplicates included; and
-- each payment counts exactly once. Revenue that appears or vanishes between source and fact would be believed.
{{ config(meta={"dagster": {"ref": {"name": "fct_payments"}}}) }}
with
    source_days as (
        select {{ reporting_date("created_at") }} as reporting_date, count(*) as notifications, sum(amount) as amount
        from {{ source("raw_photobooth", "payment_notifications") }}
        where {{ is_past("created_at") }} and (lower(trim(status)) = 'approved' or status is null)
        group by reporting_date
    ),

    fact_days as (
        select reporting_date, count(*) as notifications, sum(amount) as amount
        from {{ ref("fct_payments") }}
        where platform = 'photobooth'
        group by reporting_date
    ),

    different_days as (
        select coalesce(source_days.reporting_date, fact_days.reporting_date)::varchar as subject
        from source_days
        full outer join fact_days using (reporting_date)
        where
            source_days.notifications is distinct from fact_days.notifications
            or source_days.amount is distinct from fact_days.amount
    ),

    miscounted_payments as (
        select notifications.mercadopago_id_hash as subject
        from {{ source("raw_photobooth", "payment_notifications") }} as notifications
        inner join
            {{ ref("fct_payments") }} as payments on payments.payment_key = 'photobooth:' || notifications.id::varchar
        where notifications.mercadopago_id_hash is not null
        group by notifications.mercadopago_id_hash
        having count(*) filter (where not payments.is_duplicate) <> 1
    )

select subject
from different_days
union all
select subject
from miscounted_payments

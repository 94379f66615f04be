-- Why: credits_total counts everything ever bought, and the ledger only a part of it. More booked top-ups than the
-- counter knows mean that the source lost an update or booked twice: somebody should look, but nothing here is wrong.
{{ config(severity="warn", meta={"dagster": {"ref": {"name": "fct_credit_movements"}}}) }}
with
    top_ups as (
        select account_key as partner_key, sum(credits) as credits
        from {{ ref("fct_credit_movements") }}
        where movement_type = 'top-up'
        group by account_key
    )

select partners.partner_key, partners.credits_total, top_ups.credits as booked_top_ups
from {{ ref("dim_partner") }} as partners
inner join top_ups on partners.partner_key = top_ups.partner_key
where top_ups.credits > partners.credits_total

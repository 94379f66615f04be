-- Why: the ledger is incomplete, the counters are the truth. Opening at 0, what was booked and what was not
-- must lead every partner to its counters; otherwise a movement is missing or counted twice.
{{ config(meta={"dagster": {"ref": {"name": "fct_credit_movements"}}}) }}
with
    movements as (
        select account_key as partner_key, sum(credits) as credits
        from {{ ref("fct_credit_movements") }}
        where account_type = 'partner'
        group by account_key
    )

select partners.partner_key, partners.credits_total, partners.credits_allocated, movements.credits
from {{ ref("dim_partner") }} as partners
left join movements on partners.partner_key = movements.partner_key
where coalesce(movements.credits, 0) <> partners.credits_total - partners.credits_allocated

-- Why: recurring revenue adds up what is in force on a day. A contract that is in force twice on one would be paid
-- twice,
-- and one that is never over would stay in it for ever.
{{ config(meta={"dagster": {"ref": {"name": "fct_contract_intervals"}}}) }}
select contract_key, valid_from_date, valid_to_date
from {{ ref("fct_contract_intervals") }}
qualify
    valid_to_date <= valid_from_date
    or coalesce(
        lag(coalesce(valid_to_date, date '9999-12-31')) over (partition by contract_key order by valid_from_date)
        > valid_from_date,
        false
    )

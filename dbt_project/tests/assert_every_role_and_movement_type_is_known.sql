-- Why: a role or a wallet movement that the source invents is carried along without a meaning: its users are in no
-- user type, its credits count 0. Whoever sees this warning decides what the new word means.
{{ config(severity="warn", meta={"dagster": {"ref": {"name": "dim_user"}}}) }}
select 'role' as subject, role as word, count(*) as rows_found
from {{ ref("dim_user") }}
where user_type = 'other'
group by role
union all
select 'movement type' as subject, movement_type as word, count(*) as rows_found
from {{ ref("fct_credit_movements") }}
where movement_type = 'unknown'
group by movement_type

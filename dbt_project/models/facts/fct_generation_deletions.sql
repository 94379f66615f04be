{{ config(materialized="incremental", unique_key="reporting_date") }}

with
    {{ touched_rows("generation_deletions", "generated_at") }},

    noticed as (select *, {{ observed_date("found_deleted_at") }} as deleted_date from touched)

select *
from noticed

with unioned as ({{ union_systems("reconciliations") }}) select * from unioned

with unioned as ({{ union_systems("optional_facts") }}) select * from unioned

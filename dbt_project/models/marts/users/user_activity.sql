{{ config(materialized="view", schema="intermediate") }}

with
    user_days as (select * from {{ ref("fct_user_day") }} where is_active_any),

    deletions as (select * from {{ ref("fct_generation_deletions") }} where user_key is not null),

    favorites as (select * from {{ ref("fct_favorites") }} where user_key is not null),

    active as (
        select
            user_key,
            sum(generations_count)::bigint as generations_count,
            count(*) as active_days_count,
            min(reporting_date) filter (generations_count > 0) as first_generation_date,
            max(reporting_date) filter (generations_count > 0) as last_generation_date,
            max(reporting_date) filter (is_active_core) as last_core_date,
            max(reporting_date) as last_active_date
        from user_days
        group by user_key
    ),

    deleted as (select user_key, count(*) as generations_deleted_count from deletions group by user_key),

    liked as (select user_key, count(*) as favorites_count from favorites group by user_key),

    combined as (select * from active full join deleted using (user_key) full join liked using (user_key))

select *
from combined

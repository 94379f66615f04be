with
    observations as (select * from {{ ref("stg_media_vault__usage_stats_observations") }}),

    logins as (select * from {{ ref("stg_media_vault__login_events") }} where {{ is_past("created_at") }}),

    latest as ({{ latest_observations("observations", "usage_stats_id") }}),

    counted as (select user_id, count(*) as logins_count from logins group by user_id),

    -- the product may have counted before it wrote logins down, or write none
    kept as (select min(created_at) as oldest_login_at from logins),

    -- a counter that has moved since the reported day can't be explained by the logins until then
    compared as (
        select
            latest.user_id,
            latest.login_count as reported_value,
            case
                when
                    latest.first_activity_at >= kept.oldest_login_at
                    and {{ is_past("latest.updated_at", unknown=true) }}
                then coalesce(counted.logins_count, 0)
            end as counted_value
        from latest
        cross join kept
        left join counted on latest.user_id = counted.user_id
        where not latest.is_deleted and latest.user_id is not null and latest.login_count is not null
    )

select *
from compared

with
    users as (select * from {{ ref("stg_marketing_engine__user_observations") }}),

    shaped as (
        select
            {{ platform_key("marketing_engine", "user_id") }} as user_key,
            'marketing_engine' as platform,
            user_id,
            -- the source tells nobody's role: an administrator's account looks like any other
            'direct' as user_type,
            is_deleted,
            min(created_at) over (partition by user_id) as known_since,
            load_id,
            observed_at
        from users
    )

select *
from shaped

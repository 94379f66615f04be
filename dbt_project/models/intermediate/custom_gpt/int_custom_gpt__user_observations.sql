with
    users as (select * from {{ ref("stg_custom_gpt__user_observations") }}),

    -- the product has no administrators, partners or roles
    shaped as (
        select
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            'custom_gpt' as platform,
            user_id,
            'direct' as user_type,
            is_deleted,
            min(created_at) over (partition by user_id) as known_since,
            load_id,
            observed_at
        from users
    )

select *
from shaped

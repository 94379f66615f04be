with
    profiles as (select * from {{ ref("stg_photobooth__profile_observations") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            'photobooth' as platform,
            profile_id as user_id,
            case
                when coalesce(is_master, false) or role in ('master', 'admin')
                then 'internal'
                when role is null or role = 'user'
                then 'direct'
                when role in ('partner', 'pending_partner')
                then 'partner'
                when role = 'client'
                then 'client'
                else 'other'
            end as user_type,
            role,
            {{ platform_key("photobooth", "referred_by_profile_id") }} as referred_by_user_key,
            credits_balance,
            generations_reported,
            is_deleted,
            min(created_at) over (partition by profile_id) as known_since,
            load_id,
            observed_at
        from profiles
    )

select *
from shaped

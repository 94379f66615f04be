with
    profiles as (select * from {{ ref("stg_photobooth__profile_observations") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            'photobooth' as platform,
            case
                when role = 'pending_partner' then 'pending' when role = 'partner' then 'approved' else 'none'
            end as application_state,
            is_deleted,
            min(created_at) over (partition by profile_id) as known_since,
            load_id,
            observed_at
        from profiles
        where profile_id in (select profile_id from profiles where role = 'pending_partner')
    )

select *
from shaped

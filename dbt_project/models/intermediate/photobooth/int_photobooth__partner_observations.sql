with
    partners as (select * from {{ ref("stg_photobooth__partner_observations") }}),

    profiles as (select * from {{ ref("stg_photobooth__profile_observations") }}),

    accounts as (select * from {{ ref("int_photobooth__partner_accounts") }}),

    -- when a profile was first seen in the role of a partner: a load reports the day that ends with its as_of
    first_roles as (
        select
            accounts.partner_id,
            profiles.profile_id,
            min(profiles.load_id) filter (where profiles.role = 'partner') as first_partner_load_id,
            min(profiles.observed_at) filter (where profiles.role = 'partner')
            - interval 1 microsecond as first_partner_at,
            min(profiles.load_id) as first_load_id,
            min(profiles.created_at) as created_at
        from profiles
        inner join accounts on profiles.profile_id = accounts.account_id
        group by accounts.partner_id, profiles.profile_id
    ),

    first_seen as (
        select
            partners.partner_id,
            least(
                coalesce(min(partners.created_at), min(partners.observed_at) - interval 1 microsecond),
                min(first_roles.first_partner_at)
            ) as known_since
        from partners
        left join first_roles on partners.partner_id = first_roles.partner_id
        group by partners.partner_id
    ),

    real_partners as (
        select
            partners.partner_id,
            false as is_virtual,
            partners.partner_name,
            partners.profile_id,
            partners.email_hash,
            partners.is_active and not partners.is_deleted as is_active,
            partners.is_deleted,
            partners.credits_total,
            partners.credits_allocated,
            first_seen.known_since,
            partners.load_id,
            partners.observed_at
        from partners
        inner join first_seen on partners.partner_id = first_seen.partner_id
    ),

    -- the admin screens of the product count them with the profile's balance and number of photos
    virtual_partners as (
        select
            profiles.profile_id as partner_id,
            true as is_virtual,
            null::varchar as partner_name,
            profiles.profile_id,
            profiles.email_hash,
            coalesce(profiles.role = 'partner', false) and not profiles.is_deleted as is_active,
            profiles.is_deleted,
            coalesce(profiles.credits_balance, 0) as credits_total,
            coalesce(profiles.generations_reported, 0) as credits_allocated,
            case
                when first_roles.first_partner_load_id > first_roles.first_load_id
                then first_roles.first_partner_at
                else coalesce(first_roles.created_at, first_roles.first_partner_at)
            end as known_since,
            profiles.load_id,
            profiles.observed_at
        from profiles
        inner join accounts on profiles.profile_id = accounts.account_id and accounts.is_virtual
        inner join first_roles on profiles.profile_id = first_roles.profile_id
        where profiles.load_id >= first_roles.first_partner_load_id
    ),

    shaped as (
        select {{ platform_key("photobooth", "partner_id") }} as partner_key, 'photobooth' as platform, *
        from
            (
                select *
                from real_partners
                union all by name
                select *
                from virtual_partners
            )
    )

select *
from shaped

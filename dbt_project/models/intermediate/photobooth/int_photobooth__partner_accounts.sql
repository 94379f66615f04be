with
    partner_observations as (select * from {{ ref("stg_photobooth__partner_observations") }}),

    profile_observations as (select * from {{ ref("stg_photobooth__profile_observations") }}),

    partners as (
        select *, not is_deleted and load_id = max(load_id) over (partition by partner_id) as is_current
        from partner_observations
    ),

    profiles as (
        select *, load_id = max(load_id) over (partition by profile_id) as is_current from profile_observations
    ),

    -- a profile belongs to a partner that names it, or that has its e-mail; or else did, so that a partner that leaves
    -- does not turn its profile into another one
    matches as (
        select profile_id, partner_id, is_current, 1 as preference
        from partners
        where profile_id is not null
        union all
        select profiles.profile_id, partners.partner_id, partners.is_current and profiles.is_current, 2 as preference
        from profiles
        inner join partners on profiles.email_hash = partners.email_hash
    ),

    matched_profiles as (
        select profile_id as account_id, partner_id, false as is_virtual
        from matches
        qualify row_number() over (partition by profile_id order by is_current desc, preference, partner_id) = 1
    ),

    -- ever seen in the role of a partner, and no row of its own in the partners table
    virtual_partners as (
        select distinct profile_id as account_id, profile_id as partner_id, true as is_virtual
        from profile_observations
        where role = 'partner' and profile_id not in (select account_id from matched_profiles)
    ),

    accounts as (
        select distinct partner_id as account_id, partner_id, false as is_virtual
        from partners
        union all
        select *
        from matched_profiles
        where account_id not in (select partner_id from partners)
        union all
        select *
        from virtual_partners
        where account_id not in (select partner_id from partners)
    )

select *
from accounts

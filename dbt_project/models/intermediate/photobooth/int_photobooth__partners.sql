with
    partner_observations as (select * from {{ ref("int_photobooth__partner_observations") }}),

    profile_observations as (select * from {{ ref("stg_photobooth__profile_observations") }}),

    latest as ({{ latest_observations("partner_observations", "partner_id") }}),

    profiles_by_email as (
        select email_hash, min(profile_id) as profile_id
        from profile_observations
        where email_hash is not null
        group by email_hash
    ),

    shaped as (
        select
            latest.partner_key,
            latest.platform,
            latest.partner_id,
            latest.partner_name,
            latest.is_virtual,
            latest.is_active,
            latest.is_deleted,
            {{ platform_key("photobooth", "coalesce(latest.profile_id, profiles_by_email.profile_id)") }} as user_key,
            latest.known_since as first_seen_at,
            latest.credits_total,
            latest.credits_allocated,
            latest.observed_at
        from latest
        left join profiles_by_email on latest.email_hash = profiles_by_email.email_hash
    )

select *
from shaped

with
    event_observations as (select * from {{ ref("stg_photobooth__event_observations") }}),

    accounts as (select * from {{ ref("int_photobooth__partner_accounts") }}),

    latest as ({{ latest_observations("event_observations", "event_id") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "latest.event_id") }} as event_key,
            'photobooth' as platform,
            latest.event_id,
            {{ platform_key("photobooth", "coalesce(accounts.partner_id, latest.partner_id)") }} as partner_key,
            {{ platform_key("photobooth", "latest.client_id") }} as client_key,
            coalesce(latest.event_type, 'unknown') as event_type,
            latest.credits_allocated,
            latest.credits_used,
            latest.created_at,
            latest.starts_at,
            latest.ends_at,
            latest.is_active and not latest.is_deleted as is_active,
            latest.is_deleted,
            latest.observed_at
        from latest
        left join accounts on latest.partner_id = accounts.account_id
    )

select *
from shaped

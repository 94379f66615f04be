with
    client_observations as (select * from {{ ref("stg_photobooth__client_observations") }}),

    accounts as (select * from {{ ref("int_photobooth__partner_accounts") }}),

    latest as ({{ latest_observations("client_observations", "client_id") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "latest.client_id") }} as client_key,
            'photobooth' as platform,
            latest.client_id,
            {{ platform_key("photobooth", "coalesce(accounts.partner_id, latest.partner_id)") }} as partner_key,
            latest.credits_total,
            latest.created_at,
            latest.observed_at,
            latest.is_deleted
        from latest
        left join accounts on latest.partner_id = accounts.account_id
    )

select *
from shaped

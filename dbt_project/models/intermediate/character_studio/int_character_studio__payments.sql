with
    payments as (select * from {{ ref("stg_character_studio__payments") }}),

    deletions as (select * from {{ ref("stg_character_studio__payment_deletions") }}),

    -- money stays received when its payer leaves
    united as (
        select *
        from payments
        union all by name
        select * exclude (first_seen_at, last_seen_at, found_deleted_at)
        from deletions
    ),

    -- a refunded payment was received before; an authorized one may never be
    received as (select * from united where payment_status in ('succeeded', 'refunded')),

    shaped as (
        select
            {{ platform_key("character_studio", "payment_id") }} as payment_key,
            'character_studio' as platform,
            payment_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            case
                payment_kind when 'credit_pack' then 'credits' when 'subscription' then 'subscription' else 'other'
            end as payment_purpose,
            pack_credits as credits_purchased,
            amount,
            coalesce(currency, '{{ var("default_currencies")["character_studio"] }}') as currency,
            coalesce(paid_at, created_at) as paid_at,
            payment_status = 'refunded' as is_refunded,
            false as is_duplicate
        from received
    )

select *
from shaped

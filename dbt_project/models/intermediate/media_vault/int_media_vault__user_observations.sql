with
    observations as (select * from {{ ref("int_media_vault__account_observations") }}),

    accounts as (select * from observations where is_account_deleted is not null),

    -- of a deleted account only the first look counts: a later one, when the soft-deleted row is erased, would move
    -- the day of its deletion
    until_deletion as (
        select *
        from accounts
        qualify
            not (
                is_account_deleted
                and coalesce(lag(is_account_deleted) over (partition by user_id order by load_id), false)
            )
    ),

    shaped as (
        select
            {{ platform_key("media_vault", "user_id") }} as user_key,
            'media_vault' as platform,
            user_id,
            case when role in ('admin', 'super_admin') then 'internal' else 'direct' end as user_type,
            role,
            {{ platform_key("media_vault", "referred_by_user_id") }} as referred_by_user_key,
            credits_balance,
            is_account_deleted as is_deleted,
            known_since,
            load_id,
            observed_at
        from until_deletion
    )

select *
from shaped

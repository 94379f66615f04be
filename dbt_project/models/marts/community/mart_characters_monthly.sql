with
    characters as (select * from {{ ref("dim_character") }}),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("characters") }}),

    -- a character goes when its user deletes it, or when its row is gone
    dated as (
        select
            characters.platform,
            users.user_key,
            {{ reporting_date("characters.created_at") }} as created_date,
            characters.deleted_at is null and not characters.is_deleted as is_kept,
            characters.is_nsfw
        from characters
        left join users on characters.user_key = users.user_key
    ),

    -- what has no day, or was made before the first reported month, is in all only
    grouped as (select *, unnest(['all', strftime(created_date, '%Y-%m')]) as month_or_all from dated),

    counted as (
        select
            platform,
            month_or_all,
            count(*) as characters_count,
            count(*) filter (is_kept) as kept_count,
            count(*) filter (is_kept and is_nsfw) as kept_nsfw_count,
            count(distinct user_key) as creators_count
        from grouped
        group by platform, month_or_all
    ),

    frame as ({{ months_and_all("platforms") }}),

    shown as (
        select
            platform,
            month_or_all,
            frame.month_start_date,
            frame.is_complete,
            coalesce(characters_count, 0) as characters_count,
            coalesce(kept_count, 0) as kept_count,
            coalesce(kept_nsfw_count, 0) as kept_nsfw_count,
            coalesce(creators_count, 0) as creators_count
        from frame
        left join counted using (platform, month_or_all)
    )

select *
from shown

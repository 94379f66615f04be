with
    items as (select * from {{ ref("fct_community_items") }}),

    likes as (select * from {{ ref("fct_community_likes") }}),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    -- a like of a hidden item was given, but lifts nobody
    acts as (
        select
            platform,
            user_key,
            (not is_hidden)::integer as items_visible,
            is_hidden::integer as items_hidden,
            case when not is_hidden then reporting_date end as shared_date
        from items
        union all by name
        select items.platform, items.user_key, 1 as likes_received
        from likes
        inner join items on likes.community_item_key = items.community_item_key
        where not items.is_hidden
        union all by name
        select platform, user_key, 1 as likes_given
        from likes
    ),

    counted as (
        select
            acts.platform,
            acts.user_key,
            coalesce(sum(acts.items_visible), 0)::bigint as items_visible_count,
            coalesce(sum(acts.items_hidden), 0)::bigint as items_hidden_count,
            coalesce(sum(acts.likes_received), 0)::bigint as likes_received_count,
            coalesce(sum(acts.likes_given), 0)::bigint as likes_given_count,
            min(acts.shared_date) as first_shared_date,
            max(acts.shared_date) as last_shared_date
        from acts
        inner join users on acts.user_key = users.user_key
        group by acts.platform, acts.user_key
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by platform order by items_visible_count desc, likes_received_count desc, user_key
            ) as place,
            platform in {{ feeding("community_likes") }} as has_likes
        from counted
    ),

    shown as (
        select
            platform,
            user_key,
            items_visible_count,
            items_hidden_count,
            case when has_likes then likes_received_count end as likes_received_count,
            case when has_likes then likes_given_count end as likes_given_count,
            case when not has_likes then 'no_source' end as null_reason,
            case when items_visible_count > 0 then place end as contributor_rank,
            first_shared_date,
            last_shared_date
        from ranked
    )

select *
from shown

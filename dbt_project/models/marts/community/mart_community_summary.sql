{%- set kinds = {"session": "sessions", "media": "media", "post": "posts", "other": "others"} %}

with
    items as (select * from {{ ref("fct_community_items") }}),

    likes as (select * from {{ ref("fct_community_likes") }}),

    users as (select user_key, is_internal from {{ ref("dim_user") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("community_items") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- what has no day belongs to the lifetime only
    windowed_items as (
        select
            items.*,
            users.is_internal,
            unnest(
                case when items.reporting_date > reported.last_day - 30 then ['30d', 'lifetime'] else ['lifetime'] end
            ) as usage_window
        from items
        cross join reported
        left join users on items.user_key = users.user_key
    ),

    shared as (
        select
            platform,
            usage_window,
            {% for kind, name in kinds.items() %}
                count(*) filter (community_item_kind = '{{ kind }}' and not is_hidden) as {{ name }}_visible_count,
                count(*) filter (community_item_kind = '{{ kind }}' and is_hidden) as {{ name }}_hidden_count,
            {% endfor %}
            count(*) filter (not is_hidden) as items_visible_count,
            count(*) filter (is_hidden) as items_hidden_count,
            count(distinct user_key) filter (not is_hidden and not is_internal) as contributors_count,
            sum(likes_reported)::bigint as likes_reported
        from windowed_items
        group by platform, usage_window
    ),

    windowed_likes as (
        select
            likes.platform,
            likes.user_key,
            users.is_internal,
            unnest(
                case when likes.reporting_date > reported.last_day - 30 then ['30d', 'lifetime'] else ['lifetime'] end
            ) as usage_window
        from likes
        cross join reported
        left join users on likes.user_key = users.user_key
    ),

    liked as (
        select
            platform,
            usage_window,
            count(*) as likes_count,
            count(distinct user_key) filter (not is_internal) as likers_count
        from windowed_likes
        group by platform, usage_window
    ),

    frame as (
        select
            platforms.platform,
            windows.usage_window,
            platforms.platform in {{ feeding("community_likes") }} as has_likes
        from platforms
        cross join (select unnest(['30d', 'lifetime']) as usage_window) as windows
    ),

    shown as (
        select
            platform,
            usage_window,
            {% for name in kinds.values() %}
                coalesce({{ name }}_visible_count, 0) as {{ name }}_visible_count,
                coalesce({{ name }}_hidden_count, 0) as {{ name }}_hidden_count,
            {% endfor %}
            coalesce(items_visible_count, 0) as items_visible_count,
            coalesce(items_hidden_count, 0) as items_hidden_count,
            coalesce(contributors_count, 0) as contributors_count,
            case when has_likes then coalesce(likes_count, 0) end as likes_count,
            case when has_likes then coalesce(likers_count, 0) end as likers_count,
            case when not has_likes then 'no_source' end as likes_null_reason,
            case when usage_window = 'lifetime' then likes_reported end as likes_reported,
            case
                when usage_window = 'lifetime' and has_likes then likes_reported - coalesce(likes_count, 0)
            end as likes_difference,
            case
                when usage_window <> 'lifetime'
                then 'lifetime_counter'
                when items_visible_count is null
                then 'no_rows'
                when likes_reported is null
                then 'no_source'
            end as reported_null_reason
        from frame
        left join shared using (platform, usage_window)
        left join liked using (platform, usage_window)
    )

select *
from shown

{#- when a style is a candidate for retirement; of the last 90 reported days -#}
{%- set often_deleted = {"rate_pct": 10, "photos_made": 20} %}
{%- set rarely_used = 10 %}

with
    styles as (select * from {{ ref("dim_style") }}),

    activity as (select * from {{ ref("style_activity") }}),

    favorites as (select * from {{ ref("fct_favorites") }}),

    states as (select * from {{ ref("dim_style_history") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- since the end of the last time it was off, or since there is the style
    offered as (
        select
            style_key, coalesce(max(valid_to_date) filter (not is_active), min(valid_from_date)) as offered_since_date
        from states
        group by style_key
    ),

    -- the catalogue, and one row for all photos whose style is not in it
    catalogue as (
        select platform, style_key, style_id, style_name, category, subcategory, is_premium, is_active, is_deleted
        from styles
        union all by name
        select distinct platform, style_key
        from activity
        where style_key = 'unknown'
    ),

    liked as (select style_key, count(*) as favorites_count from favorites group by style_key),

    usage as (
        select
            catalogue.*,
            windows.usage_window,
            coalesce(activity.uses_count, 0) as uses_count,
            coalesce(activity.users_count, 0) as users_count,
            coalesce(activity.photos_deleted_count, 0) as photos_deleted_count,
            activity.last_used_date,
            activity.days_since_last_use,
            coalesce(liked.favorites_count, 0) as favorites_count,
            case when catalogue.is_active then offered.offered_since_date end as offered_since_date
        from catalogue
        cross join (select unnest(['30d', '90d', 'lifetime']) as usage_window) as windows
        left join activity using (platform, style_key, usage_window)
        left join offered on catalogue.style_key = offered.style_key
        left join liked on catalogue.style_key = liked.style_key
    ),

    summed as (
        select
            *,
            uses_count + photos_deleted_count as photos_made_count,
            sum(uses_count) over (partition by platform, usage_window)::bigint as window_uses_count,
            -- what an active style would have if all were used alike
            avg(uses_count) filter (is_active) over (partition by platform, usage_window) as even_uses
        from usage
    ),

    judged as (
        select
            summed.platform,
            summed.style_key,
            case
                when
                    100 * photos_deleted_count >= {{ often_deleted.rate_pct }} * photos_made_count
                    and photos_made_count >= {{ often_deleted.photos_made }}
                then 'often_deleted'
                when offered_since_date > reported.last_day - 89
                then null
                when uses_count = 0
                then 'unused_90d'
                when {{ rarely_used }} * uses_count < even_uses
                then 'rarely_used'
            end as retire_reason
        from summed
        cross join reported
        where usage_window = '90d' and is_active
    ),

    shown as (
        select
            platform,
            style_key,
            usage_window,
            style_id,
            style_name,
            category,
            subcategory,
            is_premium,
            is_active,
            is_deleted,
            uses_count,
            window_uses_count,
            {{ ratio("uses_count", "window_uses_count", 100) }} as usage_share_pct,
            case when window_uses_count = 0 then 'zero_denominator' end as null_reason,
            case
                when style_key <> 'unknown'
                then
                    row_number() over (
                        partition by platform, usage_window order by style_key = 'unknown', uses_count desc, style_key
                    )
            end as usage_rank,
            users_count,
            last_used_date,
            days_since_last_use,
            coalesce(days_since_last_use >= 90, true) as is_unused_90d,
            photos_deleted_count,
            photos_made_count,
            {{ ratio("photos_deleted_count", "photos_made_count", 100) }} as deletion_rate_pct,
            case when photos_made_count = 0 then 'zero_denominator' end as deletion_null_reason,
            favorites_count,
            offered_since_date,
            judged.retire_reason,
            judged.retire_reason is not null as is_retirement_candidate
        from summed
        left join judged using (platform, style_key)
    )

select *
from shown

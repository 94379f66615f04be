{{ config(materialized="view", schema="intermediate") }}

{%- set windows = {"30d": 30, "90d": 90, "lifetime": none} %}

with
    styles as (select * from {{ ref("dim_style") }}),

    generations as (select * from {{ ref("fct_generations") }} where platform in {{ feeding("styles") }}),

    deletions as (select * from {{ ref("fct_generation_deletions") }}),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    made as (
        select platform, style_key, user_key, reporting_date, false as is_deleted
        from generations
        union all
        select platform, style_key, user_key, reporting_date, true
        from deletions
    ),

    -- of a style that is missing or not in the catalogue: unknown
    photos as (
        select
            made.platform,
            coalesce(styles.style_key, 'unknown') as style_key,
            case when internal_users.user_key is null then made.user_key end as user_key,
            made.reporting_date,
            made.is_deleted
        from made
        left join styles on made.style_key = styles.style_key
        left join internal_users on made.user_key = internal_users.user_key
    ),

    counted as (
        {% for usage_window, days in windows.items() %}
            select
                photos.platform,
                photos.style_key,
                '{{ usage_window }}' as usage_window,
                count(*) filter (not photos.is_deleted) as uses_count,
                count(distinct photos.user_key) filter (not photos.is_deleted) as users_count,
                count(*) filter (photos.is_deleted) as photos_deleted_count
            from photos
            {% if days %} cross join reported where photos.reporting_date > reported.last_day - {{ days }} {% endif %}
            group by photos.platform, photos.style_key
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    last_uses as (
        select platform, style_key, max(reporting_date) filter (not is_deleted) as last_used_date
        from photos
        group by platform, style_key
    ),

    used as (select * from last_uses cross join (select unnest({{ windows.keys() | list }}) as usage_window)),

    activity as (
        select
            used.platform,
            used.style_key,
            used.usage_window,
            coalesce(counted.uses_count, 0)::bigint as uses_count,
            coalesce(counted.users_count, 0)::bigint as users_count,
            coalesce(counted.photos_deleted_count, 0)::bigint as photos_deleted_count,
            used.last_used_date,
            (reported.last_day - used.last_used_date)::integer as days_since_last_use
        from used
        cross join reported
        left join counted using (platform, style_key, usage_window)
    )

select *
from activity

{%- set windows = {"30d": 30, "90d": 90, "lifetime": none} %}

with
    styles as (select * from {{ ref("dim_style") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    photos as (
        select
            generations.platform,
            coalesce(styles.style_key, 'unknown') as style_key,
            generations.user_key,
            generations.reporting_date
        from generations
        left join styles on generations.style_key = styles.style_key
    ),

    -- the catalogue, and one row for all photos whose style is not in it
    catalogue as (
        select platform, style_key, style_id, style_name, category, subcategory, is_premium, is_active, is_deleted
        from styles
        union all by name
        select distinct platform, style_key
        from photos
        where style_key = 'unknown'
    ),

    counted as (
        {% for usage_window, days in windows.items() %}
            select
                photos.platform,
                photos.style_key,
                '{{ usage_window }}' as usage_window,
                count(*) as uses_count,
                count(distinct photos.user_key) as users_count
            from photos
            {% if days %} cross join reported where photos.reporting_date > reported.last_day - {{ days }} {% endif %}
            group by photos.platform, photos.style_key
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    last_uses as (
        select
            platform,
            style_key,
            max(reporting_date) as last_used_date,
            (any_value(reported.last_day) - max(reporting_date))::integer as days_since_last_use
        from photos
        cross join reported
        group by platform, style_key
    ),

    usage as (
        select
            catalogue.*,
            windows.usage_window,
            coalesce(counted.uses_count, 0)::bigint as uses_count,
            sum(coalesce(counted.uses_count, 0)) over (partition by catalogue.platform, windows.usage_window)::bigint
            as window_uses_count,
            coalesce(counted.users_count, 0)::bigint as users_count,
            last_uses.last_used_date,
            last_uses.days_since_last_use
        from catalogue
        cross join (select unnest({{ windows.keys() | list }}) as usage_window) as windows
        left join counted using (platform, style_key, usage_window)
        left join last_uses using (platform, style_key)
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
            round(100 * uses_count::double / nullif(window_uses_count, 0)::double, 6) as usage_share_pct,
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
            coalesce(days_since_last_use >= 90, true) as is_unused_90d
        from usage
    )

select *
from shown

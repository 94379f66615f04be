{%- set image_items = ["scene", "environment", "outfit", "pose", "lighting", "image_style"] %}

with
    styles as (select * from {{ ref("dim_style") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    images as (select * from {{ ref("fct_images") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    -- a style that is in no catalogue any more is still named by what was made with it
    named as (
        select platform, 'style' as item_kind, style_key as item
        from styles
        union
        select platform, 'style', style_key
        from generations
        where style_key is not null
        {% for item in image_items %}
            union
            select platform, '{{ item }}', {{ item }}
            from images
            where {{ item }} is not null
        {% endfor %}
        {% for item in ["theme", "layout"] %}
            union
            select platform, '{{ item }}', {{ item }}
            from activity
            where {{ item }} is not null
        {% endfor %}
    ),

    shown as (
        select
            named.platform || ':' || named.item_kind || ':' || named.item as item_key,
            named.platform,
            named.item_kind,
            named.item,
            coalesce(
                styles.style_name,
                styles.style_id,
                case
                    when named.item_kind = 'style'
                    then substr(named.item, length(named.platform) + 2)
                    else replace(named.item, '_', ' ')
                end
            ) as item_name,
            styles.category,
            styles.subcategory,
            styles.is_premium,
            case
                when named.item_kind = 'style' then coalesce(styles.is_active and not styles.is_deleted, false)
            end as is_offered,
            coalesce(not styles.is_deleted, false) as is_in_catalogue
        from named
        left join styles on named.item_kind = 'style' and named.item = styles.style_key
    )

select *
from shown

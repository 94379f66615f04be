{%- set image_items = ["scene", "environment", "outfit", "pose", "lighting", "image_style"] %}
{%- set windows = {"30d": 30, "90d": 90, "lifetime": none} %}

with
    generations as (select * from {{ ref("fct_generations") }} where is_success),

    -- an edit repeats what its original was made with
    images as (
        select *
        from {{ ref("fct_images") }}
        where image_kind = 'studio' and is_success and not {{ is_past("deleted_at") }}
    ),

    activity as (select * from {{ ref("fct_activity") }} where not is_probable_duplicate),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    items as (select * from {{ ref("dim_item") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    uses as (
        select platform, 'style' as item_kind, style_key as item, user_key, reporting_date
        from generations
        where style_key is not null
        {% for item in image_items %}
            union all
            select platform, '{{ item }}', {{ item }}, user_key, reporting_date
            from images
            where {{ item }} is not null
        {% endfor %}
        {% for item in ["theme", "layout"] %}
            union all
            -- the entry that is a generation: others choose or look at one
            select activity.platform, '{{ item }}', activity.{{ item }}, activity.user_key, activity.reporting_date
            from activity
            semi join generations on activity.activity_key = generations.generation_key
            where
                activity.{{ item }} is not null
                {%- if item == "theme" %}
                    -- a caption made again is no new choice of a theme
                    and activity.action = 'smart_caption_generated'
                {%- endif %}
        {% endfor %}
    ),

    used as (
        select
            uses.platform,
            uses.item_kind,
            uses.item,
            case when internal_users.user_key is null then uses.user_key end as user_key,
            {% for usage_window, days in windows.items() %}
                count(*)
                {%- if days %}
                    filter (where reporting_date > last_day - {{ days }})
                {% endif %} as uses_{{ usage_window }},
            {% endfor %}
            max(uses.reporting_date) as last_used_date
        from uses
        cross join reported
        left join internal_users on uses.user_key = internal_users.user_key
        group by all
    ),

    windowed as (
        {% for usage_window in windows %}
            select
                platform,
                item_kind,
                item,
                '{{ usage_window }}' as usage_window,
                sum(uses_{{ usage_window }})::bigint as uses_count,
                count(user_key) filter (where uses_{{ usage_window }} > 0) as users_count,
                max(last_used_date) as last_used_date
            from used
            group by platform, item_kind, item
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    shown as (
        select
            windowed.platform,
            windowed.item_kind,
            windowed.item,
            coalesce(items.item_name, windowed.item) as item_name,
            items.category,
            items.is_offered,
            windowed.usage_window,
            windowed.uses_count,
            sum(windowed.uses_count) over by_kind::bigint as kind_uses_count,
            {{ ratio("windowed.uses_count", "sum(windowed.uses_count) over by_kind", 100) }} as usage_share_pct,
            case when sum(windowed.uses_count) over by_kind = 0 then 'zero_denominator' end as null_reason,
            row_number() over (
                partition by windowed.platform, windowed.item_kind, windowed.usage_window
                order by windowed.uses_count desc, windowed.item
            ) as usage_rank,
            windowed.users_count,
            windowed.last_used_date,
            (reported.last_day - windowed.last_used_date)::integer as days_since_last_use
        from windowed
        cross join reported
        left join
            items
            on windowed.platform = items.platform
            and windowed.item_kind = items.item_kind
            and windowed.item = items.item
        window by_kind as (partition by windowed.platform, windowed.item_kind, windowed.usage_window)
    )

select *
from shown

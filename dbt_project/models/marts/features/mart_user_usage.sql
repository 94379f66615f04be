{#- what a column counts, in the words of fct_feature_acts; the score is made of the first five -#}
{%- set scored = {
    "sessions_created": ["session_created"],
    "captions_generated": ["smart_caption_generated", "made_caption"],
    "custom_captions_created": ["custom_caption_created"],
    "images_created": ["studio_created", "made_image"],
    "media_uploaded": ["media_uploaded"],
} %}
{%- set also_recent = {
    "texts_created": ["made_text"],
    "videos_created": ["made_video"],
    "characters_created": ["made_character"],
    "others_created": ["made_upscale", "made_other"],
} %}
{%- set lifetime_only = {
    "sessions_viewed": ["session_viewed"],
    "sessions_edited": ["session_edited"],
    "sessions_deleted": ["session_deleted"],
    "sessions_shared": ["session_shared"],
    "sessions_favorited": ["session_favorited"],
    "sessions_refreshed": ["session_refreshed"],
    "captions_regenerated": ["caption_regenerated"],
    "themes_selected": ["theme_selected"],
    "layouts_detected": ["layout_detected"],
    "studio_remixes": ["studio_remix"],
    "media_deleted": ["media_deleted"],
    "media_shared": ["media_shared"],
    "media_downloaded": ["media_downloaded"],
    "bulk_downloads": ["bulk_download"],
} %}
{#- a platform's own counters of the same five -#}
{%- set counters = [
    "sessions_created",
    "smart_captions_generated",
    "custom_captions_generated",
    "studio_images_created",
    "media_uploaded",
] %}
{%- set described = ["platform", "user_key", "user_id", "user_type", "signup_date", "is_deleted", "deleted_date"] %}
{%- set also_reported = ["logins_reported", "pages_viewed_reported", "api_calls_reported", "minutes_reported"] %}
{%- set recent = dict(scored, **also_recent) %}
{%- set lifetime = dict(recent, **lifetime_only) %}

with
    users as (select * from {{ ref("dim_user") }} where not is_internal),

    acts as (select * from {{ ref("fct_feature_acts") }}),

    weights as (select * from {{ ref("engagement_weights") }}),

    requests as (select * from {{ ref("fct_api_requests") }} where user_key is not null),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    summed as (
        select
            user_key,
            act,
            sum(acts_count) as lifetime_count,
            sum(acts_count) filter (where reporting_date > (select last_day - 30 from reported)) as recent_count,
            min(first_acted_at) as first_activity_at,
            max(last_acted_at) as last_activity_at
        from acts
        group by user_key, act
    ),

    counted as (
        select
            summed.user_key,
            {% for column, counts in lifetime.items() %}
                coalesce(sum(lifetime_count) filter (where act in ('{{ counts | join("', '") }}')), 0)::bigint
                as {{ column }}_count,
            {% endfor %}
            {% for column, counts in recent.items() %}
                coalesce(sum(recent_count) filter (where act in ('{{ counts | join("', '") }}')), 0)::bigint
                as {{ column }}_30d_count,
            {% endfor %}
            coalesce(sum(lifetime_count * weights.weight), 0)::decimal(18, 2) as engagement_score,
            coalesce(sum(recent_count * weights.weight), 0)::decimal(18, 2) as engagement_score_30d,
            min(first_activity_at) as first_activity_at,
            max(last_activity_at) as last_activity_at
        from summed
        left join weights using (act)
        group by summed.user_key
    ),

    -- of all days: a log of requests has some on which nothing was used
    asked as (select user_key, count(*) as requests_count from requests group by user_key),

    -- they still know what the log has forgotten; a counter that is missing is 0, as long as there is another
    reported_totals as (
        select entity_key as user_key, sum(reported_value)::bigint as total_reported
        from {{ ref("fct_reconciliations") }}
        where
            period_type = 'lifetime' and counter in ('user_usage_stats.{{ counters | join("', 'user_usage_stats.") }}')
        group by entity_key
    ),

    filled as (
        select
            {% for column in described + also_reported %} users.{{ column }}, {% endfor %}
            coalesce(columns(counted.* exclude (user_key, first_activity_at, last_activity_at)), 0),
            counted.first_activity_at,
            counted.last_activity_at,
            coalesce(asked.requests_count, 0) as requests_count,
            reported_totals.total_reported
        from users
        left join counted using (user_key)
        left join asked using (user_key)
        left join reported_totals using (user_key)
    ),

    scored as (
        select
            * exclude (total_reported),
            {{ scored.keys() | join("_count + ") }}_count as total_activity_logged,
            {{ scored.keys() | join("_30d_count + ") }}_30d_count as total_activity_30d,
            coalesce(total_reported, total_activity_logged) as total_activity
        from filled
    ),

    ranked as (
        select
            * replace (case when platform in {{ feeding("api_requests") }} then requests_count end as requests_count),
            case
                when not is_deleted
                then row_number() over (partition by platform, is_deleted order by total_activity desc, user_key)
            end as activity_rank,
            case when platform not in {{ feeding("api_requests") }} then 'no_source' end as null_reason
        from scored
    )

select *
from ranked

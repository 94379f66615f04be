{%- set flags = {
    "shared": "is_shared_to_community",
    "public": "is_public",
    "favorite": "is_favorite",
    "manual": "is_manual",
    "imported": "is_imported",
} %}
{%- set contents = {
    "session_media_count": "media_count",
    "session_images_count": "image_media_count",
    "session_videos_count": "video_media_count",
    "session_captions_count": "captioned_count",
} %}
{%- set origins = {"uploaded": "media_source = 'upload'", "made": "media_source <> 'upload'"} %}
{%- set types = {"images": "image", "videos": "video", "others": "other"} %}

with
    sessions as (select * from {{ ref("fct_content_sessions") }}),

    media as (select * from {{ ref("fct_media") }}),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    platforms as (
        select *
        from {{ ref("dim_platform") }}
        where platform in {{ feeding("content_sessions") }} or platform in {{ feeding("media") }}
    ),

    -- what has no day, or was made before the first reported month, is in all only
    grouped_sessions as (
        select
            sessions.*,
            users.user_key as creator_key,
            unnest(['all', strftime(sessions.reporting_date, '%Y-%m')]) as month_or_all
        from sessions
        left join users on sessions.user_key = users.user_key
    ),

    made_sessions as (
        select
            platform,
            month_or_all,
            count(*) as sessions_count,
            count(distinct creator_key) as creators_count,
            {% for name, flag in flags.items() %}
                count(*) filter ({{ flag }}) as {{ name }}_sessions_count,
            {% endfor %}
            {% for name, column in contents.items() %} sum({{ column }})::bigint as {{ name }}, {% endfor %}
            {{ rounded("quantile_cont(media_count::double, 0.5)") }} as media_per_session_median
        from grouped_sessions
        group by platform, month_or_all
    ),

    grouped_media as (select *, unnest(['all', strftime(reporting_date, '%Y-%m')]) as month_or_all from media),

    added_media as (
        select
            platform,
            month_or_all,
            count(*) as media_added_count,
            count(*) filter (deleted_at is null) as media_kept_count,
            count(*) filter (media_is_shared) as media_shared_count,
            {% for origin, condition in origins.items() %}
                {% for name, type in types.items() %}
                    count(*) filter ({{ condition }} and media_type = '{{ type }}') as {{ origin }}_{{ name }}_count
                    {{ "," if not loop.last }}
                {% endfor %}
                {{ "," if not loop.last }}
            {% endfor %}
        from grouped_media
        group by platform, month_or_all
    ),

    frame as ({{ months_and_all("platforms") }}),

    shown as (
        select
            platform,
            month_or_all,
            frame.month_start_date,
            frame.is_complete,
            coalesce(sessions_count, 0) as sessions_count,
            coalesce(creators_count, 0) as creators_count,
            {% for name in flags %} coalesce({{ name }}_sessions_count, 0) as {{ name }}_sessions_count, {% endfor %}
            {% for name in contents %} coalesce({{ name }}, 0) as {{ name }}, {% endfor %}
            {{ ratio("session_media_count", "sessions_count") }} as media_per_session_avg,
            media_per_session_median,
            case when sessions_count is null then 'zero_denominator' end as null_reason,
            {% for name in ["added", "kept", "shared"] %}
                coalesce(media_{{ name }}_count, 0) as media_{{ name }}_count,
            {% endfor %}
            {% for origin in origins %}
                {% for name in types %}
                    coalesce({{ origin }}_{{ name }}_count, 0) as {{ origin }}_{{ name }}_count
                    {{ "," if not loop.last }}
                {% endfor %}
                {{ "," if not loop.last }}
            {% endfor %}
        from frame
        left join made_sessions using (platform, month_or_all)
        left join added_media using (platform, month_or_all)
    )

select *
from shown

{#- What raises each counter of media_vault, by its name. Logins, pages, calls and minutes leave nothing in the log. -#}
{% macro media_vault_counters() %}
    {% do return(
        {
            "sessions_created": {"action": "session_created"},
            "sessions_viewed": {"action": "session_viewed"},
            "sessions_edited": {"action": "session_edited"},
            "sessions_deleted": {"action": "session_deleted"},
            "sessions_shared": {"action": "session_shared"},
            "sessions_favorited": {"action": "session_favorited"},
            "smart_captions_generated": {"action": "smart_caption_generated"},
            "custom_captions_generated": {"action": "custom_caption_created"},
            "caption_theme_1": {"action": "smart_caption_generated", "theme": "theme_1"},
            "caption_theme_2": {"action": "smart_caption_generated", "theme": "theme_2"},
            "caption_theme_3": {"action": "smart_caption_generated", "theme": "theme_3"},
            "caption_theme_4": {"action": "smart_caption_generated", "theme": "theme_4"},
            "caption_theme_5": {"action": "smart_caption_generated", "theme": "theme_5"},
            "studio_images_created": {"action": "studio_created"},
            "studio_remixes_created": {"action": "studio_remix"},
            "studio_layouts_side_by_side": {"action": "studio_created", "layout": "side_by_side"},
            "studio_layouts_top_bottom": {"action": "studio_created", "layout": "top_bottom"},
            "media_uploaded": {"action": "media_uploaded"},
            "media_deleted": {"action": "media_deleted"},
            "media_shared": {"action": "media_shared"},
            "media_downloaded": {"action": "media_downloaded"},
            "bulk_downloads": {"action": "bulk_download"},
        }
    ) %}
{% endmacro %}

{#- The same as rows: counter, action, theme, layout; without a theme or a layout any counts. -#}
{% macro media_vault_counter_meanings() %}
    select *
    from
        (
            values
                {% for counter, of in media_vault_counters().items() %}
                    (
                        '{{ counter }}',
                        '{{ of.action }}',
                        {{ "'" ~ of.theme ~ "'" if of.theme else "null" }},
                        {{ "'" ~ of.layout ~ "'" if of.layout else "null" }}
                    ){{ "," if not loop.last }}
                {% endfor %}
        ) as pairs(counter, action, theme, layout)
{% endmacro %}

{#- What raises each counter of media_vault. Logins, pages, calls and minutes leave nothing in the log. -#}
{% macro media_vault_counters() %}
    select *
    from
        (
            values
                ('sessions_created', 'session_created', null, null),
                ('sessions_viewed', 'session_viewed', null, null),
                ('sessions_edited', 'session_edited', null, null),
                ('sessions_deleted', 'session_deleted', null, null),
                ('sessions_shared', 'session_shared', null, null),
                ('sessions_favorited', 'session_favorited', null, null),
                ('smart_captions_generated', 'smart_caption_generated', null, null),
                ('custom_captions_generated', 'custom_caption_created', null, null),
                ('caption_theme_1', 'smart_caption_generated', 'theme_1', null),
                ('caption_theme_2', 'smart_caption_generated', 'theme_2', null),
                ('caption_theme_3', 'smart_caption_generated', 'theme_3', null),
                ('caption_theme_4', 'smart_caption_generated', 'theme_4', null),
                ('caption_theme_5', 'smart_caption_generated', 'theme_5', null),
                ('studio_images_created', 'studio_created', null, null),
                ('studio_remixes_created', 'studio_remix', null, null),
                ('studio_layouts_side_by_side', 'studio_created', null, 'side_by_side'),
                ('studio_layouts_top_bottom', 'studio_created', null, 'top_bottom'),
                ('media_uploaded', 'media_uploaded', null, null),
                ('media_deleted', 'media_deleted', null, null),
                ('media_shared', 'media_shared', null, null),
                ('media_downloaded', 'media_downloaded', null, null),
                ('bulk_downloads', 'bulk_download', null, null)
        ) as pairs(counter, action, theme, layout)
{% endmacro %}

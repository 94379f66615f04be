{#-
What users did, one row per act, from CTEs of the facts `activity`, `requests` and `generations`: (act_key, platform, user_key,
reporting_date, acted_at, feature, act). One act can stand in two facts under one key. A generation that the log tells of is the
log's entry, told twice or not. A generation that a request made stays beside the request, because it says what was made, but
without a feature: whoever counts by feature counts the request, whoever counts what was made counts the generation.
-#}
{% macro feature_acts(activity="activity", requests="requests", generations="generations") %}
    select
        activity_key as act_key,
        platform,
        user_key,
        reporting_date,
        occurred_at as acted_at,
        feature,
        action as act
    from {{ activity }}
    where user_key is not null and not is_refused and not is_admin_action and not is_probable_duplicate
    union all
    select request_key, platform, user_key, reporting_date, requested_at, service_type, 'request'
    from {{ requests }}
    where user_key is not null
    union all
    select
        generation_key,
        platform,
        user_key,
        reporting_date,
        generated_at,
        case when generation_key not in (select request_key from {{ requests }}) then generation_kind end,
        case when is_success then 'made_' || generation_kind else 'not_made' end
    from {{ generations }}
    where user_key is not null and generation_key not in (select activity_key from {{ activity }})
{% endmacro %}

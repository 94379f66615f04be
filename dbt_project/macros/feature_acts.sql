{#-
What users did, one row per act, from CTEs of the facts `activity`, `requests` and `generations`: (act_key, platform, user_key,
reporting_date, acted_at, feature, act, is_request). Two facts tell of one act if they give it one key and one instant; a key alone is
not enough where tables count their rows. What the log tells of, once or twice, is the log's entry; else a request has the feature of
the service and, if it made something, the act of what was made. A log of calls that names no service ('api') tells of what other
tables name.
-#}
{% macro feature_acts(activity="activity", requests="requests", generations="generations") %}
    select
        activity_key as act_key,
        platform,
        user_key,
        reporting_date,
        occurred_at as acted_at,
        feature,
        action as act,
        false as is_request
    from {{ activity }}
    where user_key is not null and not is_refused and not is_admin_action and not is_probable_duplicate
    union all
    select
        coalesce(asked.request_key, made.generation_key),
        coalesce(asked.platform, made.platform),
        coalesce(asked.user_key, made.user_key),
        coalesce(asked.reporting_date, made.reporting_date),
        coalesce(asked.requested_at, made.generated_at),
        case when asked.request_key is null then made.generation_kind else nullif(asked.service_type, 'api') end,
        case
            when made.is_success
            then 'made_' || made.generation_kind
            when made.generation_key is not null
            then 'not_made'
            else 'request'
        end,
        asked.request_key is not null
    from (select * from {{ requests }} where user_key is not null) as asked
    full join
        (select * from {{ generations }} where user_key is not null) as made
        on asked.request_key = made.generation_key
        and asked.requested_at = made.generated_at
    left join {{ activity }} as told on made.generation_key = told.activity_key and made.generated_at = told.occurred_at
    where told.activity_key is null
{% endmacro %}

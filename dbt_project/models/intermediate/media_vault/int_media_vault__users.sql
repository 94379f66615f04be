with
    user_observations as (select * from {{ ref("int_media_vault__user_observations") }}),

    counters as (select * from {{ ref("stg_media_vault__usage_stats_observations") }} where user_id is not null),

    -- the last that is known of the counters, as of the account
    latest_counters as (
        select user_id, login_count, pages_viewed, api_calls_total, time_spent_minutes
        from counters
        qualify
            row_number() over (partition by user_id order by load_id desc, is_deleted, usage_stats_id::bigint desc) = 1
    ),

    described as ({{ users("user_observations", ["role", "referred_by_user_key", "credits_balance"]) }}),

    shaped as (
        select
            described.*,
            latest_counters.login_count as logins_reported,
            latest_counters.pages_viewed as pages_viewed_reported,
            latest_counters.api_calls_total as api_calls_reported,
            latest_counters.time_spent_minutes as minutes_reported
        from described
        left join latest_counters on described.user_id = latest_counters.user_id
    )

select *
from shaped

with
    attempts as (select * from {{ ref("fct_generation_attempts") }} where is_failed or is_denied),

    events as (select event_key, partner_key from {{ ref("dim_event") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    shown as (
        select
            attempts.attempt_key,
            attempts.platform,
            attempts.attempted_at as occurred_at,
            attempts.reporting_date,
            attempts.attempt_status,
            attempts.is_failed,
            coalesce(attempts.error_code, attempts.attempt_status) as error_code,
            attempts.channel,
            attempts.user_key,
            attempts.event_key,
            events.partner_key,
            attempts.style_key,
            attempts.latency_ms,
            attempts.credits_charged - attempts.credits_refunded as credits_lost
        from attempts
        cross join reported
        left join events on attempts.event_key = events.event_key
        where attempts.reporting_date > reported.last_day - {{ var("log_days") }}
    )

select *
from shown

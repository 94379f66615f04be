with
    attempts as (select * from {{ ref("stg_photobooth__generation_attempts") }}),

    shaped as (
        select
            {{ platform_key("photobooth", "generation_attempt_id") }} as attempt_key,
            'photobooth' as platform,
            generation_attempt_id as attempt_id,
            case
                when event_id is not null then 'event' when profile_id is not null then 'direct' else 'unknown'
            end as channel,
            {{ platform_key("photobooth", "profile_id") }} as user_key,
            {{ platform_key("photobooth", "event_id") }} as event_key,
            {{ platform_key("photobooth", "style_id") }} as style_key,
            {{ platform_key("photobooth", "generation_id") }} as generation_key,
            coalesce(attempt_status, 'unknown') as attempt_status,
            error_code,
            -- a refused attempt never began; any other status is still under way
            coalesce(attempt_status in ('success', 'failed', 'timeout'), false) as is_finished,
            coalesce(attempt_status = 'success', false) as is_success,
            coalesce(attempt_status in ('failed', 'timeout'), false) as is_failed,
            coalesce(attempt_status = 'denied_no_credit', false) as is_denied,
            latency_ms::bigint as latency_ms,
            coalesce(credits_charged, 0) as credits_charged,
            coalesce(credits_refunded, 0) as credits_refunded,
            created_at as attempted_at,
            finished_at
        from attempts
    )

select *
from shaped

with
    checks as (select * from {{ ref("fct_uptime_checks") }}),

    dates as (select date_day, day_starts_at, day_ends_at from {{ ref("dim_date") }} where is_complete),

    ordered as (
        select
            *,
            lead(checked_at) over (
                partition by platform, component order by checked_at, uptime_check_key
            ) as next_checked_at
        from checks
    ),

    usual_gaps as (
        select platform, component, median(epoch_us(next_checked_at) - epoch_us(checked_at))::bigint as gap_us
        from ordered
        where next_checked_at > checked_at
        group by platform, component
    ),

    -- a probe holds until the next one, at most twice the usual gap: what follows is unobserved, not down
    held as (
        select
            ordered.*,
            least(
                coalesce(ordered.next_checked_at, {{ as_of() }}),
                ordered.checked_at + to_microseconds(2 * coalesce(usual_gaps.gap_us, 0))
            ) as held_until
        from ordered
        left join usual_gaps using (platform, component)
    ),

    -- one row per reporting day that a probe holds in
    held_days as (
        select
            *,
            unnest(
                generate_series(
                    reporting_date, {{ reporting_date("(held_until - interval 1 microsecond)") }}, interval 1 day
                )
            )::date as date_day
        from held
        where held_until > checked_at
    ),

    stretches as (
        select
            held_days.platform,
            held_days.component,
            dates.date_day as reporting_date,
            held_days.is_up,
            epoch_us(least(held_days.held_until, dates.day_ends_at))
            - epoch_us(greatest(held_days.checked_at, dates.day_starts_at)) as held_us,
            held_days.held_until >= dates.day_ends_at as is_last
        from held_days
        inner join dates on held_days.date_day = dates.date_day
    ),

    united as (
        select platform, component, reporting_date, is_up, held_us, is_last, false as is_check, null as latency_ms
        from stretches
        union all by name
        select
            checks.platform,
            component,
            reporting_date,
            is_up,
            0 as held_us,
            false as is_last,
            true as is_check,
            latency_ms
        from checks
        inner join dates on checks.reporting_date = dates.date_day
    ),

    -- a probe without an answer (is_up is NULL) observes nothing
    summed as (
        select
            platform,
            component,
            reporting_date,
            (coalesce(sum(held_us) filter (where is_up), 0)::bigint * 0.000001)::decimal(18, 6) as up_seconds,
            (coalesce(sum(held_us) filter (where is_up is not null), 0)::bigint * 0.000001)::decimal(
                18, 6
            ) as observed_seconds,
            count(is_up) filter (where is_check) as checks_count,
            count(*) filter (where is_check and not is_up) as failed_checks_count,
            coalesce(sum(latency_ms) filter (where is_up), 0)::bigint as latency_ms_sum,
            count(latency_ms) filter (where is_up) as latency_count,
            bool_or(is_up) filter (where is_last) as is_up_at_end
        from united
        group by platform, component, reporting_date
    )

select *
from summed

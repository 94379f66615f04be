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
            dates.day_ends_at,
            least(
                coalesce(ordered.next_checked_at, {{ as_of() }}),
                ordered.checked_at + to_microseconds(2 * coalesce(usual_gaps.gap_us, 0))
            ) as held_until
        from ordered
        left join usual_gaps using (platform, component)
        left join dates on ordered.reporting_date = dates.date_day
    ),

    -- in the day of the probe, and for the few that hold over midnight in those after it
    stretches as (
        select
            platform,
            component,
            reporting_date,
            is_up,
            latency_ms,
            true as is_check,
            epoch_us(least(held_until, day_ends_at)) - epoch_us(checked_at) as held_us,
            held_until >= day_ends_at as is_last
        from held
        where day_ends_at is not null
        union all by name
        select
            held.platform,
            held.component,
            dates.date_day as reporting_date,
            held.is_up,
            false as is_check,
            epoch_us(least(held.held_until, dates.day_ends_at)) - epoch_us(dates.day_starts_at) as held_us,
            held.held_until >= dates.day_ends_at as is_last
        from held
        inner join dates on held.checked_at < dates.day_starts_at and held.held_until > dates.day_starts_at
        where held.day_ends_at is null or held.held_until > held.day_ends_at
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
        from stretches
        group by platform, component, reporting_date
    )

select *
from summed

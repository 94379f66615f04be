{{ config(materialized="table", schema="intermediate") }}

with
    rules as (select * from {{ ref("alert_rules") }} where kind in ('rate', 'count', 'amount')),

    attempts as (select * from {{ ref("fct_generation_attempts") }} where is_finished),

    activity as (select * from {{ ref("fct_activity") }}),

    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    -- what a rule counts, per subject and minute (minutes since 1970); an act without a user is its partner's, else
    -- the platform's
    minutes as (
        select
            rules.rule_id,
            attempts.platform,
            attempts.platform as subject_key,
            floor(epoch(attempts.attempted_at) / 60)::bigint as minute_number,
            count(*) filter (where attempts.is_failed)::decimal(18, 2) as hits,
            count(*) as base
        from attempts
        inner join rules on rules.kind = 'rate' and rules.signal = 'attempts'
        group by all
        union all
        select
            rules.rule_id,
            activity.platform,
            coalesce(activity.user_key, activity.partner_key, activity.platform) as subject_key,
            floor(epoch(activity.occurred_at) / 60)::bigint as minute_number,
            count(*) as hits,
            count(*) as base
        from activity
        inner join rules on rules.kind = 'count' and activity.action = rules.signal
        group by all
        union all
        select
            rules.rule_id,
            payments.platform,
            payments.payment_key as subject_key,
            floor(epoch(payments.paid_at) / 60)::bigint as minute_number,
            payments.amount as hits,
            1 as base
        from payments
        inner join rules on rules.kind = 'amount' and payments.currency = rules.signal
        where {{ alert_fires("payments.amount") }}
    ),

    -- the minutes whose window holds a hit: no other can fire
    evaluated as (
        select
            minutes.rule_id,
            minutes.platform,
            minutes.subject_key,
            minutes.minute_number + unnest(range(rules.window_minutes)) as minute_number
        from minutes
        inner join rules using (rule_id)
        where minutes.hits > 0
    ),

    united as (
        select rule_id, platform, subject_key, minute_number, sum(hits) as hits, sum(base) as base
        from
            (
                select *
                from minutes
                union all
                select *, 0 as hits, 0 as base
                from evaluated
            )
        group by all
    ),

    windowed as (
        select united.*, sum(hits) over by_minute as window_hits, sum(base) over by_minute as window_base
        from united
        inner join rules using (rule_id)
        window
            by_minute as (
                partition by rule_id, platform, subject_key
                order by minute_number range between window_minutes - 1 preceding and current row
            )
    ),

    valued as (
        select
            *,
            case
                kind when 'rate' then 100 * window_hits::double / window_base::double else window_hits::double
            end as value
        from windowed
        inner join rules using (rule_id)
        where window_hits > 0 and window_base >= coalesce(min_base, 0)
    ),

    -- a minute is evaluated when it is over; two clear evaluations later it is clear
    fired as (
        select
            platform,
            rule_id,
            subject_key,
            make_timestamptz((minute_number + 1) * 60000000) as fired_at,
            make_timestamptz((minute_number + 3) * 60000000) as clear_at,
            {{ reporting_date("make_timestamptz(minute_number * 60000000)") }} as fired_date,
            {{ reporting_date("make_timestamptz((minute_number + 2) * 60000000)") }} as clear_date,
            {{ rounded("value", 4) }} as value,
            case
                kind
                when 'rate'
                then
                    window_hits::bigint
                    || ' of '
                    || window_base
                    || ' attempts failed within '
                    || window_minutes
                    || ' minutes'
                when 'amount'
                then 'one payment of ' || window_hits || ' ' || unit
                else window_hits::bigint || ' ' || unit || ' within ' || window_minutes || ' minutes'
            end as evidence
        from valued
        where make_timestamptz((minute_number + 1) * 60000000) <= {{ as_of() }} and {{ alert_fires("value") }}
    )

select *
from fired

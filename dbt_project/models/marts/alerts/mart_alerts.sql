with
    rules as (select * from {{ ref("alert_rules") }}),

    pulse as (select rule_id from {{ ref("alert_rules") }} where kind = 'pulse'),

    windows as (select *, fired_at as last_seen_at from {{ ref("alert_windows") }}),

    probes as (select *, fired_at as last_seen_at from {{ ref("alert_probes") }}),

    states as (select * from {{ ref("alert_states") }}),

    -- too many failed attempts turn the System Pulse red too
    pulse_windows as (
        select
            windows.* replace (
                pulse.rule_id as rule_id, 1 as value, 'attempts failed' as evidence, windows.platform as subject_key
            )
        from windows
        inner join rules on windows.rule_id = rules.rule_id and rules.kind = 'rate'
        cross join pulse
    ),

    -- stretches in which a condition held; what is clear only after as_of is still open
    stretches as (
        select * replace (case when clear_at <= {{ as_of() }} then clear_at end as clear_at)
        from
            (
                select *
                from windows
                union all by name
                select *
                from probes
                union all by name
                select *
                from pulse_windows
                union all by name
                select *
                from states
            )
    ),

    -- a stretch begins a new alert when the ones before are clear for longer than the cooldown
    marked as (
        select
            stretches.*,
            rules.* exclude (rule_id),
            coalesce(
                stretches.fired_at
                > max(coalesce(stretches.clear_at, {{ as_of() }})) over earlier + to_minutes(rules.cooldown_minutes),
                true
            ) as is_first
        from stretches
        inner join rules on stretches.rule_id = rules.rule_id
        window
            earlier as (
                partition by stretches.platform, stretches.rule_id, stretches.subject_key
                order by stretches.fired_at, stretches.evidence
                rows between unbounded preceding and 1 preceding
            )
    ),

    numbered as (
        select
            *,
            count(*) filter (where is_first) over (
                partition by platform, rule_id, subject_key order by fired_at, evidence
            ) as alert_number,
            case when comparison = '<' then - value else value end as badness
        from marked
    ),

    -- the worst stretch speaks for a value; failed probes are counted
    alerts as (
        select
            platform,
            rule_id,
            subject_key,
            title,
            kind,
            severity,
            owner,
            subject_kind,
            threshold,
            unit,
            recommended_action,
            alert_number,
            min(fired_at) as opened_at,
            min(fired_date) as opened_date,
            max(last_seen_at) as last_seen_at,
            case when count(*) = count(clear_at) then max(clear_at) end as resolved_at,
            case when count(*) = count(clear_at) then max(clear_date) end as resolved_date,
            sum(value) as value_sum,
            first(value order by badness desc, fired_at, evidence) as worst_value,
            first(evidence order by badness desc, fired_at, evidence) as worst_evidence,
            string_agg(distinct evidence, ', ' order by evidence) as all_evidence
        from numbered
        group by all
    ),

    shown as (
        select
            rule_id
            || ':'
            || subject_key
            || ':'
            || strftime(opened_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as alert_key,
            platform,
            rule_id,
            title as rule_title,
            severity,
            owner,
            subject_kind,
            subject_key,
            opened_at,
            opened_date,
            last_seen_at,
            resolved_at,
            resolved_date,
            resolved_at is null as is_open,
            case when kind in ('probe', 'pulse') then value_sum else worst_value end as value,
            threshold::double as threshold,
            unit,
            case when kind in ('probe', 'pulse') then all_evidence else worst_evidence end as evidence,
            recommended_action
        from alerts
    )

select *
from shown

{{ config(materialized="view", schema="intermediate") }}

with
    rules as (select * from {{ ref("alert_rules") }} where kind in ('level', 'task')),

    partner_states as (select * from {{ ref("dim_partner_history") }}),

    applications as (select * from {{ ref("fct_partner_applications") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    -- counters are known since the first night on which a platform was read, not since a partner was created
    first_looks as ({{ first_looks() }}),

    -- credits as they were on the days [from_date, to_date)
    levels as (
        select
            partner_states.platform,
            'credits_remaining_pct' as signal,
            partner_states.partner_key as subject_key,
            greatest(partner_states.valid_from_date, first_looks.first_look) as from_date,
            partner_states.valid_to_date as to_date,
            100
            * (partner_states.credits_total - partner_states.credits_allocated)::double
            / partner_states.credits_total::double as value,
            (partner_states.credits_total - partner_states.credits_allocated)::varchar
            || ' of '
            || partner_states.credits_total
            || ' credits left' as evidence
        from partner_states
        inner join first_looks on partner_states.platform = first_looks.platform
        where partner_states.is_active and partner_states.credits_total > 0
    ),

    -- a level is evaluated at the end of each day: the second clear evaluation is that of the day after to_date
    states as (
        select
            levels.platform,
            levels.signal,
            levels.subject_key,
            {{ day_start("levels.from_date + 1") }} as fired_at,
            {{ day_start("least(levels.to_date, reported.last_day + 1)") }} as last_seen_at,
            {{ day_start("levels.to_date + 2") }} as clear_at,
            levels.from_date as fired_date,
            levels.to_date + 1 as clear_date,
            levels.value,
            levels.evidence
        from levels
        cross join reported
        where levels.to_date is null or levels.from_date < levels.to_date
        union all
        -- a task is there until somebody does it, which needs no second look
        select
            platform,
            'partner_application' as signal,
            application_key as subject_key,
            applied_at as fired_at,
            coalesce(decided_at, {{ as_of() }}) as last_seen_at,
            decided_at as clear_at,
            applied_date as fired_date,
            decided_date as clear_date,
            1 as value,
            'applied on ' || applied_date as evidence
        from applications
    ),

    fired as (
        select states.* exclude (signal) replace ({{ rounded("states.value", 4) }} as value), rules.rule_id
        from states
        inner join rules on states.signal = rules.signal
        where {{ alert_fires("states.value") }}
    )

select *
from fired

{{ config(materialized="view", schema="intermediate") }}

with
    rules as (select * from {{ ref("alert_rules") }} where kind in ('probe', 'pulse')),

    -- a probe without an answer says nothing
    checks as (select * from {{ ref("fct_uptime_checks") }} where is_up is not null),

    component_days as (select * from {{ ref("fct_component_day") }} where checks_count > 0),

    -- days with a failed probe, and the next two on which the component was probed: they hold two good probes in a row
    days as (
        select platform, component, reporting_date
        from component_days
        qualify
            max(failed_checks_count) over (
                partition by platform, component order by reporting_date rows between 2 preceding and current row
            )
            > 0
    ),

    probes as (
        select
            checks.*,
            checks.is_up
            and lag(checks.is_up) over (
                partition by checks.platform, checks.component order by checks.checked_at, checks.uptime_check_key
            ) as is_clear
        from checks
        inner join days using (platform, component, reporting_date)
    ),

    -- the second of two good probes in a row ends it
    followed as (
        select
            *,
            min(checked_at) filter (where is_clear) over (
                partition by platform, component
                order by checked_at, uptime_check_key
                rows between 1 following and unbounded following
            ) as clear_at
        from probes
    ),

    fired as (
        select
            followed.platform,
            rules.rule_id,
            case
                rules.kind when 'pulse' then followed.platform else followed.platform || ':' || followed.component
            end as subject_key,
            followed.uptime_check_key,
            followed.checked_at as fired_at,
            followed.clear_at,
            followed.reporting_date as fired_date,
            {{ reporting_date("followed.clear_at") }} as clear_date,
            1::double as value,
            followed.component || ' did not answer' as evidence
        from followed
        inner join rules on list_contains(string_split(rules.signal, ' '), followed.component)
        where not followed.is_up
    )

select *
from fired

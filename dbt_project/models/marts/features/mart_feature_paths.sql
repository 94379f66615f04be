{#- a longer silence ends a session, as in fct_sessions -#}
{%- set gap_minutes = 30 %}

with
    reported as (select max(date_day) - 29 as first_day from {{ ref("dim_date") }} where is_complete),

    activity as (select * from {{ ref("fct_activity") }} where reporting_date >= (select first_day from reported)),

    requests as (select * from {{ ref("fct_api_requests") }} where reporting_date >= (select first_day from reported)),

    generations as (
        select * from {{ ref("fct_generations") }} where reporting_date >= (select first_day from reported)
    ),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    active_days as (select user_key, reporting_date from {{ ref("fct_user_day") }} where is_active_any),

    acts as ({{ feature_acts() }}),

    -- as in fct_feature_acts
    used as (
        select acts.*
        from acts
        inner join users on acts.user_key = users.user_key
        inner join
            active_days on acts.user_key = active_days.user_key and acts.reporting_date = active_days.reporting_date
        where acts.feature is not null
    ),

    neighbours as (
        select
            *,
            lag(feature) over by_time as previous_feature,
            lag(acted_at) over by_time as previous_at,
            lead(acted_at) over by_time as next_at
        from used
        window by_time as (partition by user_key order by acted_at, length(act_key), act_key)
    ),

    -- who did something in the last half hour of the reported day may go on: no end yet
    transitions as (
        select
            platform,
            user_key,
            case
                when acted_at <= previous_at + interval {{ gap_minutes }} minute then previous_feature else 'start'
            end as from_feature,
            feature as to_feature
        from neighbours
        union all
        select platform, user_key, feature, 'end'
        from neighbours
        where
            coalesce(
                next_at > acted_at + interval {{ gap_minutes }} minute,
                {{ is_past("acted_at + interval " ~ gap_minutes ~ " minute") }}
            )
    ),

    counted as (
        select
            platform,
            '30d' as usage_window,
            from_feature,
            to_feature,
            count(*) as transitions_count,
            count(distinct user_key) as users_count
        from transitions
        group by platform, from_feature, to_feature
    ),

    summed as (
        select *, sum(transitions_count) over (partition by platform, from_feature)::bigint as from_transitions_count
        from counted
    ),

    shown as (select *, {{ ratio("transitions_count", "from_transitions_count", 100) }} as share_pct from summed)

select *
from shown

{#- days that began longer ago are not compared again, so that a night costs the same however old the platform is -#}
{%- set compared_days = 35 %}

with
    stats as (select * from {{ ref("stg_media_vault__usage_stats_observations") }} where user_id is not null),

    tracked as (
        select user_id, action, theme, layout, {{ reporting_date("logged_at") }} as reporting_date
        from {{ ref("int_media_vault__tracked_actions") }}
        where
            user_id is not null
            and logged_at >= {{ as_of() }} - interval {{ compared_days }} day
            and {{ is_past("logged_at") }}
    ),

    meanings as ({{ media_vault_counter_meanings() }}),

    observations as (
        select *
        from stats
        qualify row_number() over (partition by user_id, load_id order by is_deleted, usage_stats_id::bigint desc) = 1
    ),

    -- a load looks at everybody's counters, and the archive keeps those that had changed
    looks as (
        select
            {{ observed_date("observed_at") }} as reporting_date, max(load_id) as load_id, max(observed_at) as looked_at
        from observations
        where observed_at >= {{ as_of() }} - interval {{ compared_days }} day
        group by all
    ),

    states as (
        select
            users.user_id,
            looks.reporting_date,
            observations.* exclude (user_id, load_id),
            -- a load that reads after midnight may find the next day's use too
            coalesce(observations.updated_at < looks.looked_at, true) as is_of_that_day
        from (select distinct user_id from observations) as users
        cross join looks
        asof left join observations on users.user_id = observations.user_id and looks.load_id >= observations.load_id
    ),

    -- who had no counters yet begins at none
    changes as (
        select
            {% for counter in media_vault_counters() -%}
                coalesce({{ counter }}, 0) - lag(coalesce({{ counter }}, 0)) over by_user as {{ counter }},
            {% endfor %}
            user_id,
            reporting_date
        from states
        window by_user as (partition by user_id order by reporting_date)
        qualify
            lag(reporting_date) over by_user = reporting_date - 1
            and not is_deleted
            and is_of_that_day
            and lag(is_of_that_day) over by_user
    ),

    reported as (
        select user_id, reporting_date, counter, reported_value
        from (unpivot changes on columns(* exclude (user_id, reporting_date)) into name counter value reported_value)
    ),

    counted as (
        select tracked.user_id, tracked.reporting_date, meanings.counter, count(*) as counted_value
        from tracked
        inner join
            meanings
            on tracked.action = meanings.action
            and (meanings.theme is null or tracked.theme = meanings.theme)
            and (meanings.layout is null or tracked.layout = meanings.layout)
        group by tracked.user_id, tracked.reporting_date, meanings.counter
    ),

    compared as (
        select
            reported.user_id,
            reported.counter,
            reported.reporting_date,
            reported.reported_value,
            coalesce(counted.counted_value, 0) as counted_value
        from reported
        left join counted using (user_id, reporting_date, counter)
        where reported.reported_value <> 0 or counted.counted_value is not null
    )

select *
from compared

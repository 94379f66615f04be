{%- set window_days = 30 %}
{%- set milestones = [10, 25, 50] %}

with
    acts as (select * from {{ ref("fct_feature_acts") }} where feature <> 'none'),

    user_days as (select * from {{ ref("fct_user_day") }} where is_active_any),

    users as (select user_key from {{ ref("dim_user") }} where not is_internal),

    active_users as (
        select platform, date_day, mau, min(date_day) over () as first_day
        from {{ ref("mart_active_users_daily") }}
        where definition = 'any'
    ),

    activity as (
        select user_days.platform, user_days.user_key, user_days.reporting_date
        from user_days
        inner join users on user_days.user_key = users.user_key
    ),

    active_windows as ({{ merged_windows("activity", ["platform", "user_key"], "reporting_date", window_days) }}),

    first_uses as (
        select platform, feature, user_key, min(reporting_date) as first_date
        from acts
        group by platform, feature, user_key
    ),

    launches as (
        select platform, feature, min(first_date) as launch_date, count(*) as users_count
        from first_uses
        group by platform, feature
    ),

    -- while a user counts as active in 30 days and has used the feature by then
    adopted_windows as (
        select
            first_uses.platform,
            first_uses.feature,
            greatest(active_windows.from_date, first_uses.first_date) as from_date,
            active_windows.to_date
        from first_uses
        inner join active_windows using (platform, user_key)
        where active_windows.to_date > first_uses.first_date
    ),

    changes as (
        {% for day, sign in {"from_date": 1, "to_date": -1}.items() %}
            select
                platform,
                feature,
                greatest({{ day }}, (select min(first_day) from active_users)) as date_day,
                {{ sign }} as change
            from adopted_windows
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    daily_changes as (
        select platform, feature, date_day, sum(change) as change from changes group by platform, feature, date_day
    ),

    daily as (
        select
            launches.platform,
            launches.feature,
            launches.launch_date,
            launches.launch_date > active_users.first_day as is_launch_observed,
            launches.users_count,
            active_users.date_day,
            active_users.mau,
            coalesce(sum(daily_changes.change) over by_day, 0)::bigint as mau_adopted_count
        from launches
        inner join
            active_users on launches.platform = active_users.platform and launches.launch_date <= active_users.date_day
        left join
            daily_changes
            on launches.platform = daily_changes.platform
            and launches.feature = daily_changes.feature
            and active_users.date_day = daily_changes.date_day
        window by_day as (partition by launches.platform, launches.feature order by active_users.date_day)
    ),

    reached as (
        select
            platform,
            feature,
            launch_date,
            is_launch_observed,
            users_count,
            {% for milestone in milestones %}
                (
                    min(date_day) filter (mau > 0 and 100 * mau_adopted_count >= {{ milestone }} * mau) - launch_date
                )::integer as days_to_{{ milestone }}_pct,
            {% endfor %}
            arg_max(mau_adopted_count, date_day) as mau_adopted_count,
            arg_max(mau, date_day) as mau
        from daily
        group by platform, feature, launch_date, is_launch_observed, users_count
    ),

    shown as (
        select
            *,
            {{ ratio("mau_adopted_count", "mau") }} as adopted_rate,
            case
                when mau = 0 then 'zero_denominator' when days_to_{{ milestones | last }}_pct is null then 'not_reached'
            end as null_reason
        from reached
    )

select *
from shown

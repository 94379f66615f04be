{%- set window_days = 30 %}

with
    acts as (select * from {{ ref("fct_feature_acts") }} where feature <> 'none'),

    features as (select platform, feature, feature_name from {{ ref("dim_feature") }}),

    active_users as (
        select platform, date_day, is_warm, mau, min(date_day) over () as first_day
        from {{ ref("mart_active_users_daily") }}
        where definition = 'any'
    ),

    used as (
        select platform, feature, user_key, reporting_date, sum(acts_count) as events_count
        from acts
        group by platform, feature, user_key, reporting_date
    ),

    counted as (
        select platform, feature, reporting_date as date_day, sum(events_count) as events_count, count(*) as users_count
        from used
        group by platform, feature, reporting_date
    ),

    use_windows as ({{ merged_windows("used", ["platform", "feature", "user_key"], "reporting_date", window_days) }}),

    first_uses as (
        select platform, feature, first_day as date_day, count(*) as first_time_users_count
        from
            (
                select platform, feature, min(from_date) as first_day
                from use_windows
                group by platform, feature, user_key
            )
        group by platform, feature, first_day
    ),

    -- users that begin to count less users that cease to; what was before the first day begins with it
    changes as (
        {% for day, sign in {"from_date": 1, "to_date": -1}.items() %}
            select
                platform,
                feature,
                greatest({{ day }}, (select min(first_day) from active_users)) as date_day,
                {{ sign }} as change
            from use_windows
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    daily_changes as (
        select platform, feature, date_day, sum(change) as change from changes group by platform, feature, date_day
    ),

    -- every day for every feature that was ever used
    frame as (
        select used_features.feature, coalesce(features.feature_name, feature) as feature_name, active_users.*
        from (select distinct platform, feature from counted) as used_features
        left join features using (platform, feature)
        inner join active_users using (platform)
    ),

    rolled as (
        select
            frame.platform,
            frame.date_day,
            frame.feature,
            frame.feature_name,
            frame.is_warm,
            coalesce(counted.events_count, 0)::bigint as events_count,
            coalesce(counted.users_count, 0) as users_count,
            coalesce(first_uses.first_time_users_count, 0) as first_time_users_count,
            coalesce(sum(daily_changes.change) over by_day, 0)::bigint as users_30d_count,
            frame.mau
        from frame
        left join counted using (platform, feature, date_day)
        left join first_uses using (platform, feature, date_day)
        left join daily_changes using (platform, feature, date_day)
        window by_day as (partition by frame.platform, frame.feature order by frame.date_day)
    ),

    shown as (
        select
            *,
            case when is_warm then {{ ratio("users_30d_count", "mau") }} end as adoption_rate,
            case when not is_warm then 'window_not_full' when mau = 0 then 'zero_denominator' end as null_reason
        from rolled
    )

select *
from shown

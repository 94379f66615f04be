{%- set window_days = 30 %}
{%- set traits = {"device": "device_type", "browser": "browser", "country": "country_code"} %}

with
    acts as (select * from {{ ref("fct_feature_acts") }} where feature <> 'none'),

    user_days as (select * from {{ ref("fct_user_day") }} where is_active_any),

    users as (select * from {{ ref("dim_user") }} where not is_internal),

    plans as (select * from {{ ref("dim_user_plan_history") }}),

    reported as (
        select max(date_day) as last_day, max(date_day) - {{ window_days - 1 }} as first_day
        from {{ ref("dim_date") }}
        where is_complete
    ),

    active_days as (
        select user_days.platform, user_days.user_key, user_days.reporting_date, users.country_code
        from user_days
        inner join users on user_days.user_key = users.user_key
        where user_days.reporting_date >= (select first_day from reported)
    ),

    seen as (
        {% for fact in ["fct_api_requests", "fct_activity", "fct_app_sessions"] %}
            select distinct
                user_key,
                device_type,
                browser,
                {{ "null" if fact == "fct_activity" else "country_code" }} as country_code
            from {{ ref(fact) }}
            where reporting_date >= (select first_day from reported)
            union all
        {% endfor %}
        select distinct user_key, null, null, country_code
        from active_days
    ),

    known as (
        {% for segment_type, column in traits.items() %}
            select distinct user_key, '{{ segment_type }}' as segment_type, {{ column }} as segment
            from seen
            where {{ column }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    -- of every active day: a user is of each device, browser and country that it was seen with, and of the plan it
    -- ends the day with
    segments as (
        select platform, user_key, reporting_date, 'all' as segment_type, 'all' as segment
        from active_days
        union all
        select days.platform, days.user_key, days.reporting_date, types.segment_type, coalesce(known.segment, 'unknown')
        from active_days as days
        cross join (select unnest({{ traits.keys() | list }}) as segment_type) as types
        left join known on days.user_key = known.user_key and types.segment_type = known.segment_type
        union all
        select
            days.platform,
            days.user_key,
            days.reporting_date,
            'plan',
            case
                when plans.plan_status in ('active', 'past_due') then coalesce(plans.plan_tier, 'unknown') else 'none'
            end
        from active_days as days
        left join
            plans
            on days.user_key = plans.user_key
            and plans.valid_from_date <= days.reporting_date
            -- comparisons alone, so that the join can hash: with anything else it compares everything with everything
            and days.reporting_date < coalesce(plans.valid_to_date, 'infinity')
        where days.platform in {{ feeding("plan_observations") }}
    ),

    sizes as (
        select platform, segment_type, segment, count(distinct user_key) as active_users_count
        from segments
        group by platform, segment_type, segment
    ),

    used as (
        select platform, feature, user_key, reporting_date, sum(acts_count) as events_count
        from acts
        where reporting_date >= (select first_day from reported)
        group by platform, feature, user_key, reporting_date
    ),

    counted as (
        select
            used.platform,
            used.feature,
            segments.segment_type,
            segments.segment,
            sum(used.events_count) as events_count,
            count(distinct used.user_key) as users_count
        from used
        inner join segments on used.user_key = segments.user_key and used.reporting_date = segments.reporting_date
        group by all
    ),

    -- every feature that was ever used, in all segments; 'all' also when nobody is active
    frame as (
        select platform, feature, 'all' as segment_type, 'all' as segment
        from acts
        union
        select acts.platform, acts.feature, sizes.segment_type, sizes.segment
        from (select distinct platform, feature from acts) as acts
        inner join sizes using (platform)
    ),

    shown as (
        select
            frame.*,
            coalesce(counted.events_count, 0)::bigint as events_count,
            coalesce(counted.users_count, 0) as users_count,
            coalesce(sizes.active_users_count, 0) as active_users_count,
            {{ ratio("coalesce(counted.users_count, 0)", "sizes.active_users_count") }} as adoption_rate,
            case when sizes.active_users_count is null then 'zero_denominator' end as null_reason
        from frame
        left join sizes using (platform, segment_type, segment)
        left join counted using (platform, feature, segment_type, segment)
    )

select *
from shown

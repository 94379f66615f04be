{%- set definitions = {
    "any": "is_active_any",
    "acted": "generations_count + attempts_count + requests_count + actions_count > 0",
    "core": "is_active_core",
    "session": "is_active_session",
    "paying": "is_active_paying",
} %}
{%- set windows = {"dau": 1, "wau": 7, "mau": 30} %}

with
    user_days as (select * from {{ ref("fct_user_day") }}),

    users as (select * from {{ ref("dim_user") }}),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("users") }}),

    optional_facts as (select * from {{ ref("dim_optional_fact") }}),

    -- who keeps no visits, or has no table of payments, does not know how many came: that is not nobody
    keeping as (
        select
            platforms.platform,
            coalesce(bool_or(is_present) filter (fact_name in ('sessions', 'logins')), false) as keeps_sessions,
            coalesce(bool_or(is_present) filter (fact_name = 'payments'), true) as keeps_payments
        from platforms
        left join optional_facts using (platform)
        group by platforms.platform
    ),

    dates as (select date_day, min(date_day) over () as first_day from {{ ref("dim_date") }} where is_complete),

    -- administrators are no users
    activity as (
        {% for definition, condition in definitions.items() %}
            select user_days.platform, '{{ definition }}' as definition, user_days.user_key, user_days.reporting_date
            from user_days
            inner join users on user_days.user_key = users.user_key
            where {{ condition }} and not users.is_internal
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    {% for measure, days in windows.items() %}
        {{ measure }}_windows as (
            {{ merged_windows("activity", ["platform", "definition", "user_key"], "reporting_date", days) }}
        ),
    {% endfor %}

    -- users that begin to count less users that cease to; what was before the first day begins with it
    changes as (
        {% for measure in windows %}
            {% for day, sign in {"from_date": 1, "to_date": -1}.items() %}
                select
                    platform,
                    definition,
                    greatest({{ day }}, (select min(date_day) from dates)) as date_day,
                    {% for column in windows %}
                        {{ sign if column == measure else 0 }} as {{ column }} {{ "," if not loop.last }}
                    {% endfor %}
                from {{ measure }}_windows
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    daily_changes as (
        select platform, definition, date_day, sum(dau) as dau, sum(wau) as wau, sum(mau) as mau
        from changes
        group by platform, definition, date_day
    ),

    frame as (
        select
            keeping.platform,
            definitions.definition,
            dates.date_day,
            dates.first_day,
            case
                definitions.definition when 'session' then keeps_sessions when 'paying' then keeps_payments else true
            end as is_kept
        from keeping
        cross join (select unnest({{ definitions.keys() | list }}) as definition) as definitions
        cross join dates
    ),

    counted as (
        select
            frame.platform,
            frame.date_day,
            frame.definition,
            frame.date_day >= frame.first_day + 29 as is_warm,
            {% for measure in windows %}
                case when frame.is_kept then coalesce(sum(daily_changes.{{ measure }}) over by_day, 0) end::bigint
                as {{ measure }} {{ "," if not loop.last }}
            {% endfor %}
        from frame
        left join daily_changes using (platform, definition, date_day)
        window by_day as (partition by frame.platform, frame.definition order by frame.date_day)
    ),

    summed as (
        select
            *,
            sum(dau) over (
                partition by platform, definition order by date_day rows between 29 preceding and current row
            )::bigint as dau_sum_30d
        from counted
    ),

    shown as (
        select
            *,
            case when is_warm then {{ ratio("dau_sum_30d", "30 * nullif(mau, 0)") }} end as stickiness_ratio,
            case
                when mau is null
                then 'no_source'
                when not is_warm
                then 'window_not_full'
                when mau = 0
                then 'zero_denominator'
            end as null_reason
        from summed
    )

select *
from shown

{%- set segment_types = [
    "user_type",
    "country",
    "signup_source",
    "plan_tier",
    "plan",
    "character_count",
    "lifecycle_stage",
    "usage_segment",
    "power_user",
    "rfm_segment",
    "rfm_segment_by_use",
    "churn_risk",
] %}

with
    standings as (select * from {{ ref("mart_rfm") }}),

    users as (select * from {{ ref("dim_user") }}),

    plans as (select * from {{ ref("dim_user_plan_history") }} where is_current and not is_deleted),

    characters as (select * from {{ ref("dim_character") }} where not is_deleted and deleted_at is null),

    made as (select user_key, count(*) as characters_count from characters group by user_key),

    -- NULL where a platform does not tell: then the platform has no such segments
    described as (
        select
            standings.platform,
            standings.is_active_any_30d,
            users.user_type,
            case
                when count(users.country_code) over by_platform > 0 then coalesce(users.country_code, 'unknown')
            end as country,
            case
                when count(users.signup_source) over by_platform > 0 then coalesce(users.signup_source, 'unknown')
            end as signup_source,
            case
                when standings.platform not in {{ feeding("plan_observations") }}
                then null
                when plans.plan_status in ('active', 'past_due')
                then coalesce(plans.plan_tier, 'unknown')
                else 'none'
            end as plan_tier,
            case
                when standings.platform not in {{ feeding("plan_observations") }}
                then null
                when plans.is_paid_plan
                then 'paid'
                else 'unpaid'
            end as plan,
            case
                when standings.platform not in {{ feeding("characters") }}
                then null
                when made.characters_count >= 10
                then '10+'
                when made.characters_count >= 5
                then '5-9'
                when made.characters_count >= 2
                then '2-4'
                else coalesce(made.characters_count, 0)::varchar
            end as character_count,
            standings.lifecycle_stage,
            standings.usage_segment,
            case when standings.is_power_user then 'power' else 'casual' end as power_user,
            coalesce(
                standings.rfm_segment, case when standings.null_reason = 'small_population' then 'unscored' end
            ) as rfm_segment,
            standings.rfm_segment_by_use,
            standings.churn_risk
        from standings
        inner join users on standings.user_key = users.user_key
        left join plans on standings.user_key = plans.user_key
        left join made on standings.user_key = made.user_key
        window by_platform as (partition by standings.platform)
    ),

    counted as (
        {% for segment_type in segment_types %}
            select
                platform,
                '{{ segment_type }}' as segment_type,
                {{ segment_type }} as segment,
                count(*) as users_count,
                count(*) filter (is_active_any_30d) as active_users_30d_count
            from described
            where {{ segment_type }} is not null
            group by platform, {{ segment_type }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    shared as (
        select
            platform,
            segment_type,
            segment,
            users_count,
            (sum(users_count) over (partition by platform, segment_type))::bigint as total_users_count,
            {{ ratio("users_count", "sum(users_count) over (partition by platform, segment_type)", 100) }}
            as users_share_pct,
            active_users_30d_count
        from counted
    )

select *
from shared

{{ config(materialized="view", schema="intermediate") }}

{%- set days = [1, 7, 14, 30] %}
{%- set definitions = {"any": "is_active_any", "core": "is_active_core"} %}

with
    users as (select * from {{ ref("dim_user") }} where not is_internal and signup_date is not null),

    user_days as (select * from {{ ref("fct_user_day") }}),

    signups as (
        select users.platform, users.signup_date, definitions.definition, count(*) as cohort_size
        from users
        cross join (select unnest({{ definitions.keys() | list }}) as definition) as definitions
        group by users.platform, users.signup_date, definitions.definition
    ),

    returns as (
        select
            users.platform,
            users.user_key,
            users.signup_date,
            user_days.reporting_date - users.signup_date as day_number,
            user_days.is_active_any,
            user_days.is_active_core
        from users
        inner join user_days on users.user_key = user_days.user_key and users.signup_date < user_days.reporting_date
    ),

    returned as (
        {% for definition, condition in definitions.items() %}
            select
                platform,
                signup_date,
                '{{ definition }}' as definition,
                max(day_number) as last_number,
                {% for n in days %}
                    count(*) filter (day_number = {{ n }}) as d{{ n }} {{ "," if not loop.last }}
                {% endfor %}
            from returns
            where {{ condition }}
            group by platform, signup_date, user_key
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    counted as (
        select
            platform,
            signup_date,
            definition,
            {% for n in days %}
                sum(d{{ n }}) as d{{ n }}_on,
                count(*) filter (last_number >= {{ n }}) as d{{ n }}_on_or_after {{ "," if not loop.last }}
            {% endfor %}
        from returned
        group by platform, signup_date, definition
    ),

    combined as (
        select
            signups.*,
            {% for n in days %}
                coalesce(counted.d{{ n }}_on, 0)::bigint as d{{ n }}_on_count,
                coalesce(counted.d{{ n }}_on_or_after, 0)::bigint as d{{ n }}_on_or_after_count
                {{ "," if not loop.last }}
            {% endfor %}
        from signups
        left join counted using (platform, signup_date, definition)
    )

select *
from combined

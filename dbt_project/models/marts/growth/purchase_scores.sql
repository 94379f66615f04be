{{ config(materialized="view", schema="intermediate") }}

{%- set measures = ["recency_days", "frequency", "monetary"] %}
{#- platforms with thresholds of their own -#}
{%- set explicit = var("rfm_thresholds") %}

with
    users as (select * from {{ ref("dim_user") }} where not is_internal and not is_deleted),

    payments as (select * from {{ ref("fct_payments") }} where not is_duplicate),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    currencies as ({{ platform_currencies() }}),

    buyers as (
        select
            users.platform,
            users.user_key,
            (reported.last_day - max(payments.reporting_date))::integer as recency_days,
            count(*) as frequency,
            coalesce(
                sum(payments.amount) filter (
                    where payments.currency = currencies.currency and not payments.is_refunded
                ),
                0
            )::decimal(18, 2) as monetary
        from payments
        cross join reported
        inner join users on payments.user_key = users.user_key
        left join currencies on users.platform = currencies.platform
        where payments.reporting_date > reported.last_day - 365
        group by users.platform, users.user_key, reported.last_day
    ),

    borders as (
        select
            platform,
            count(*) >= 25 or platform in ('{{ explicit | join("', '") }}') as is_scored,
            {% for measure in measures %}
                coalesce(
                    {% for known, thresholds in explicit.items() %}
                        case when platform = '{{ known }}' then {{ thresholds[measure] }}::double[] end,
                    {% endfor %}
                    quantile_cont({{ measure }}::double, [0.2, 0.4, 0.6, 0.8])
                ) as {{ measure }}_borders {{- "," if not loop.last }}
            {% endfor %}
        from buyers
        group by platform
    ),

    -- equal values have equal scores; fewer days are better
    scored as (
        select
            buyers.*,
            borders.is_scored,
            case when is_scored then 5 - {{ borders_below("recency_days", "recency_days_borders") }} end as r_score,
            case when is_scored then 1 + {{ borders_below("frequency", "frequency_borders") }} end as f_score,
            case when is_scored then 1 + {{ borders_below("monetary", "monetary_borders") }} end as m_score
        from buyers
        inner join borders on buyers.platform = borders.platform
    ),

    shown as (
        select
            user_key,
            platform,
            recency_days,
            frequency,
            monetary,
            r_score,
            f_score,
            m_score,
            {{ rfm_segment() }} as rfm_segment,
            case when not is_scored then 'small_population' end as null_reason
        from scored
    )

select *
from shown

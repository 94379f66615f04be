{#- How much a user uses the platform, by the percentiles of all who used it in the last 90 days; none for who did not. -#}
{% macro usage_segment() -%}
    case
        when uses_90d_count = 0
        then 'none'
        when uses_90d_count > uses_p80
        then 'power'
        when uses_90d_count > uses_p50
        then 'regular'
        else 'light'
    end
{%- endmacro %}

{#- How likely it is that a user does not come back, by the days since its last use; never for who never used the platform. -#}
{% macro churn_risk() -%}
    case
        when use_recency_days is null
        then 'never'
        when use_recency_days > 30
        then 'churned'
        when use_recency_days > 14
        then 'high'
        when use_recency_days > 7
        then 'medium'
        when use_recency_days > 3
        then 'low'
        else 'active'
    end
{%- endmacro %}

{#- Where a user stands in its life: the first that matches. Inactive is without any activity; who lost a paid plan is churned sooner. -#}
{% macro lifecycle_stage() -%}
    case
        when
            (uses_count > 0 and inactive_days > 60)
            or (has_lost_paid_plan and (inactive_days is null or inactive_days >= 30))
        then 'churned'
        when inactive_days between 15 and 60 or 2 * uses_28d_count < uses_previous_28d_count
        then 'at_risk'
        when inactive_days is null and tenure_days > 14
        then 'not_activated'
        when tenure_days <= 14 or uses_count < 3
        then 'activation'
        when tenure_days < 90
        then 'growth'
        else 'mature'
    end
{%- endmacro %}

{#- The same by uses alone. Growth: young, or the last 28 days at least 1.2 times those before. -#}
{% macro lifecycle_stage_by_use() -%}
    case
        when use_recency_days > 30
        then 'churned'
        when use_recency_days >= 15
        then 'at_risk'
        when successes_count = 0
        then 'new'
        when successes_count < 3 or tenure_days <= 7
        then 'activation'
        when tenure_days <= 60 or 10 * uses_28d_count >= 12 * uses_previous_28d_count
        then 'growth'
        else 'mature'
    end
{%- endmacro %}

{#- How many of the four borders a value is above. -#}
{% macro borders_below(value, borders) -%}
    (
        {%- for number in range(1, 5) -%}
            ({{ borders }} [{{ number }}] < {{ value }}::double)::integer {{- " + " if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{#-
What a buyer is by the scores of recency, frequency and money: the first segment whose ranges hold them. One of the ten always does; NULL
without scores.
-#}
{% macro rfm_segment() -%}
    {%- set segments = [
        ("champions", "r_score >= 4 and f_score >= 4 and m_score >= 4"),
        ("loyal", "r_score >= 3 and f_score >= 3 and m_score >= 3"),
        ("potential_loyalist", "r_score >= 4 and f_score >= 2"),
        ("new", "r_score = 5"),
        ("promising", "r_score = 4"),
        ("need_attention", "r_score = 3"),
        ("cant_lose", "f_score >= 4 and m_score >= 4"),
        ("at_risk", "f_score >= 3"),
        ("about_to_sleep", "r_score = 2"),
        ("lost", "r_score = 1"),
    ] -%}
    case {% for segment, condition in segments %} when {{ condition }} then '{{ segment }}' {% endfor %} end
{%- endmacro %}

{#- The same by use: six segments, the first that matches. -#}
{% macro rfm_segment_by_use() -%}
    case
        when not is_scored
        then 'none'
        when least(r_score, f_score, m_score) >= 4
        then 'champions'
        when least(r_score, f_score, m_score) >= 3
        then 'loyal'
        when r_score >= 4 and f_score <= 2
        then 'promising'
        when r_score <= 2 and f_score >= 3
        then 'at_risk'
        when r_score <= 2 and f_score <= 2
        then 'lost'
        else 'regular'
    end
{%- endmacro %}

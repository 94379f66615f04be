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
        when recency_days is null
        then 'never'
        when recency_days > 30
        then 'churned'
        when recency_days > 14
        then 'high'
        when recency_days > 7
        then 'medium'
        when recency_days > 3
        then 'low'
        else 'active'
    end
{%- endmacro %}

{#- Where a user stands in its life: the first that matches. Growth: young, or the last 28 days at least 1.2 times those before. -#}
{% macro lifecycle_stage() -%}
    case
        when recency_days > 30
        then 'churned'
        when recency_days >= 15
        then 'at_risk'
        when generations_count = 0
        then 'new'
        when generations_count < 3 or tenure_days <= 7
        then 'activation'
        when tenure_days <= 60 or 10 * uses_28d_count >= 12 * uses_previous_28d_count
        then 'growth'
        else 'mature'
    end
{%- endmacro %}

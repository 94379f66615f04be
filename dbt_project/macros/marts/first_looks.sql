{#-
When each platform was first read, as a SELECT of (platform, first_look): its oldest observation still current, or the first time that
counters were compared.
-#}
{% macro first_looks() %}
    select platform, min(observed_date) as first_look
    from
        (
            {% for dimension in ["dim_user", "dim_partner", "dim_event", "dim_style"] %}
                select platform, {{ observed_date("observed_at") }} as observed_date
                from {{ ref(dimension) }}
                union all
            {% endfor %}
            select platform, reporting_date
            from {{ ref("fct_credit_movements") }}
            where not is_booked
        ) as observations
    group by platform
{% endmacro %}

with
    activity as (select * from {{ ref("fct_activity") }}),

    requests as (select * from {{ ref("fct_api_requests") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    features as (select * from {{ ref("features") }}),

    used as (
        {% for told, feature in {
            "activity": "feature",
            "requests": "service_type",
            "generations": "generation_kind",
        }.items() %}
            select distinct platform, {{ feature }} as feature
            from {{ told }}
            where {{ feature }} is not null
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    ),

    shown as (
        select
            used.platform || ':' || used.feature as feature_key,
            used.platform,
            used.feature,
            coalesce(features.feature_name, used.feature) as feature_name,
            features.is_core,
            features.feature is not null as is_named
        from used
        left join features on used.feature = features.feature
    )

select *
from shown

with
    acts as (select distinct platform, feature from {{ ref("fct_feature_acts") }} where feature <> 'none'),

    features as (select * from {{ ref("features") }}),

    shown as (
        select
            acts.platform || ':' || acts.feature as feature_key,
            acts.platform,
            acts.feature,
            coalesce(features.feature_name, acts.feature) as feature_name,
            features.feature is not null as is_named
        from acts
        left join features on acts.feature = features.feature
    )

select *
from shown

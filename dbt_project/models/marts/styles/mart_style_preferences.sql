with
    styles as (select * from {{ ref("dim_style") }}),

    events as (select * from {{ ref("dim_event") }}),

    generations as (select * from {{ ref("fct_generations") }} where platform in {{ feeding("styles") }}),

    reported as (select max(date_day) as last_day from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            generations.platform,
            case
                when generations.channel = 'event' then coalesce(events.event_type, 'unknown') else generations.channel
            end as event_type,
            coalesce(styles.category, 'unknown') as category,
            coalesce(styles.is_premium, false) as is_premium,
            count(*) filter (generations.reporting_date > reported.last_day - 30) as uses_30d,
            count(*) filter (generations.reporting_date > reported.last_day - 90) as uses_90d,
            count(*) as uses_lifetime
        from generations
        cross join reported
        left join events on generations.event_key = events.event_key
        left join styles on generations.style_key = styles.style_key
        group by all
    ),

    windowed as (
        {% for usage_window in ["30d", "90d", "lifetime"] %}
            select
                platform,
                '{{ usage_window }}' as usage_window,
                event_type,
                category,
                is_premium,
                uses_{{ usage_window }} as uses
            from counted
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    united as (
        select *
        from windowed
        union all
        select platform, usage_window, 'all', category, is_premium, sum(uses)
        from windowed
        group by all
    ),

    -- every pack that is in the catalogue or was used, for every type of event that had a photo
    packs as (
        select platform, coalesce(category, 'unknown') as category, is_premium
        from styles
        where not is_deleted
        union
        select platform, category, is_premium
        from counted
    ),

    frame as (
        select packs.*, types.usage_window, types.event_type
        from packs
        inner join (select distinct platform, usage_window, event_type from united) as types using (platform)
    ),

    summed as (
        select
            *,
            sum(uses_count) over by_type::bigint as type_uses_count,
            max(case when event_type = 'all' then uses_count end) over by_pack as pack_uses_count,
            sum(case when event_type = 'all' then uses_count end) over by_window::bigint as window_uses_count
        from
            (
                select frame.*, coalesce(united.uses, 0)::bigint as uses_count
                from frame
                left join united using (platform, usage_window, event_type, category, is_premium)
            ) as used
        window
            by_type as (partition by platform, usage_window, event_type),
            by_pack as (partition by platform, usage_window, category, is_premium),
            by_window as (partition by platform, usage_window)
    ),

    shown as (
        select
            platform,
            usage_window,
            event_type,
            category,
            is_premium,
            uses_count,
            type_uses_count,
            {{ ratio("uses_count", "type_uses_count", 100) }} as usage_share_pct,
            {{ ratio("uses_count::double * window_uses_count", "type_uses_count::double * pack_uses_count::double") }}
            as lift,
            case when type_uses_count * pack_uses_count = 0 then 'zero_denominator' end as null_reason,
            row_number() over (
                partition by platform, usage_window, event_type order by uses_count desc, category, is_premium
            ) as preference_rank
        from summed
    )

select *
from shown

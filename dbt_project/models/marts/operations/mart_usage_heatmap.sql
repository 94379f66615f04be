{#- whole weeks, so that every hour of the week was lived equally often -#}
{%- set most_weeks = 12 %}

with
    generations as (select * from {{ ref("fct_generations") }} where is_success),

    reported as (
        select
            max(date_day) as last_day,
            least({{ most_weeks }}, divide(max(date_day) - min(date_day) + 1, 7))::integer as weeks_count
        from {{ ref("dim_date") }}
        where is_complete
    ),

    photos as (
        select
            generations.platform,
            unnest(['all', generations.channel]) as channel,
            isodow(generations.generated_local_date)::integer as local_day_of_week,
            generations.generated_local_hour as local_hour
        from generations
        cross join reported
        where generations.reporting_date > reported.last_day - 7 * reported.weeks_count
    ),

    counted as (
        select platform, channel, local_day_of_week, local_hour, count(*) as uses_count
        from photos
        group by platform, channel, local_day_of_week, local_hour
    ),

    cells as (
        select
            channels.platform,
            channels.channel,
            days.local_day_of_week::integer as local_day_of_week,
            hours.local_hour::integer as local_hour
        from (select distinct platform, channel from counted) as channels
        cross join unnest(range(1, 8)) as days(local_day_of_week)
        cross join unnest(range(24)) as hours(local_hour)
    ),

    filled as (
        select
            cells.*,
            reported.weeks_count,
            coalesce(counted.uses_count, 0) as uses_count,
            sum(coalesce(counted.uses_count, 0)) over (partition by cells.platform, cells.channel)::bigint
            as channel_uses_count
        from cells
        cross join reported
        left join counted using (platform, channel, local_day_of_week, local_hour)
    ),

    shown as (
        select
            *,
            {{ ratio("uses_count", "channel_uses_count", 16800) }} as usage_index,
            row_number() over (
                partition by platform, channel order by uses_count desc, local_day_of_week, local_hour
            ) as usage_rank
        from filled
    )

select *
from shown

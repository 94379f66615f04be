with
    ratings as (select * from {{ ref("fct_ratings") }}),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    months as (select distinct month_start_date, is_month_complete from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            ratings.platform,
            date_trunc('month', ratings.reporting_date)::date as month_start_date,
            ratings.rated_kind,
            coalesce(ratings.feedback_type, 'unknown') as feedback_type,
            count(*) as ratings_count,
            count(distinct ratings.user_key) as users_count,
            count(*) filter (where ratings.is_positive) as positive_count,
            sum((100 * ratings.rating_value::double / ratings.rating_scale::double)::decimal(38, 18)) as rating_pct_sum
        from ratings
        left join internal_users on ratings.user_key = internal_users.user_key
        where internal_users.user_key is null
        group by all
    ),

    frame as (
        select kinds.*, months.*
        from (select distinct platform, rated_kind, feedback_type from counted) as kinds
        cross join months
    ),

    shown as (
        select
            frame.platform,
            frame.month_start_date,
            frame.rated_kind,
            frame.feedback_type,
            frame.is_month_complete as is_complete,
            coalesce(counted.ratings_count, 0) as ratings_count,
            coalesce(counted.users_count, 0) as users_count,
            coalesce(counted.positive_count, 0) as positive_count,
            {{ ratio("counted.positive_count", "counted.ratings_count", 100) }} as csat_pct,
            {{ ratio("counted.rating_pct_sum", "counted.ratings_count", digits=4) }}::decimal(7, 4) as rating_mean_pct,
            case when counted.ratings_count is null then 'zero_denominator' end as null_reason,
            coalesce(counted.ratings_count, 0) < 10 as is_small_base
        from frame
        left join counted using (platform, month_start_date, rated_kind, feedback_type)
    )

select *
from shown

with
    images as (select * from {{ ref("fct_images") }} where is_success),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("images") }}),

    dates as (select date_day, day_ends_at from {{ ref("dim_date") }} where is_complete),

    reported as (select max(day_ends_at) as ends_at from dates),

    counted as (
        select
            images.platform,
            images.reporting_date as date_day,
            count(*) as images_created_count,
            count(*) filter (
                where images.deleted_at is null or images.deleted_at >= reported.ends_at
            ) as images_retained_count
        from images
        cross join reported
        group by images.platform, images.reporting_date
    ),

    shown as (
        select
            platforms.platform,
            dates.date_day,
            coalesce(counted.images_created_count, 0) as images_created_count,
            coalesce(counted.images_retained_count, 0) as images_retained_count
        from platforms
        cross join dates
        left join counted on platforms.platform = counted.platform and dates.date_day = counted.date_day
    )

select *
from shown

with
    build as (select * from {{ source("meta", "build") }}),

    days as (
        select unnest(generate_series(first_day, last_day + 400, interval 1 day))::date as date_day, first_day, last_day
        from build
    ),

    periods as (
        select
            *,
            date_trunc('week', date_day)::date as week_start_date,
            date_trunc('month', date_day)::date as month_start_date,
            date_trunc('quarter', date_day)::date as quarter_start_date
        from days
    ),

    calendar as (
        select
            date_day,
            year(date_day)::integer as year,
            quarter(date_day)::integer as quarter,
            month(date_day)::integer as month,
            isoyear(date_day)::integer as iso_year,
            weekofyear(date_day)::integer as iso_week,
            isodow(date_day)::integer as iso_day_of_week,
            week_start_date,
            month_start_date,
            quarter_start_date,
            isodow(date_day) >= 6 as is_weekend,
            day(last_day(date_day))::integer as days_in_month,
            date_day <= periods.last_day as is_complete,
            week_start_date >= first_day and week_start_date + 6 <= periods.last_day as is_week_complete,
            month_start_date >= first_day
            and (month_start_date + interval 1 month)::date - 1 <= periods.last_day as is_month_complete,
            quarter_start_date >= first_day
            and (quarter_start_date + interval 3 months)::date - 1 <= periods.last_day as is_quarter_complete,
            {{ day_start("date_day") }} as day_starts_at,
            {{ day_start("date_day + 1") }} as day_ends_at
        from periods
    )

select *
from calendar

{{ config(materialized="incremental", unique_key="reporting_date") }}

with
    {{ touched_rows("activity", "occurred_at") }},

    -- within a day, so that a day can be rebuilt alone
    flagged as (
        select
            *,
            coalesce(
                occurred_at - lag(occurred_at) over (
                    partition by platform, reporting_date, user_key, action, subject_id
                    order by occurred_at, activity_key
                )
                <= interval 2 seconds,
                false
            )
            and user_key is not null as is_probable_duplicate
        from touched
    )

select *
from flagged

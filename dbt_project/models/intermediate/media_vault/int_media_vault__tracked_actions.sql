with
    entries as (select * from {{ ref("int_media_vault__log_entries") }}),

    -- The product's tracking is sometimes called twice. A day decides alone, so that it can be rebuilt alone: a pair
    -- across midnight is not seen.
    -- Two accounts that an administrator works on at once are two acts.
    -- generation_kind and is_admin_action follow from action and feature; among the columns of the partition they let
    -- the condition of a reader reach the log before it is sorted.
    followed as (
        select
            *,
            lag(logged_at) over (
                partition by
                    {{ reporting_date("logged_at") }},
                    user_id,
                    action,
                    content_session_id,
                    target_user_id,
                    generation_kind,
                    is_admin_action
                order by logged_at, activity_id
            ) as previous_logged_at
        from entries
    ),

    -- strangers can't be told from each other
    told_once as (
        select * exclude (previous_logged_at)
        from followed
        where user_id is null or previous_logged_at is null or logged_at - previous_logged_at > interval 2 seconds
    )

select *
from told_once

with
    unioned as ({{ union_systems("application_observations") }}),

    stretches as ({{ constant_stretches("unioned", key="user_key", attributes=["application_state", "is_deleted"]) }}),

    followed as (
        select *, lead(application_state) over by_user as next_state, lead(is_deleted) over by_user as is_deleted_next
        from stretches
        window by_user as (partition by user_key order by valid_from)
    ),

    -- somebody who was refused may ask again
    applications as (
        select
            user_key || ':' || row_number() over (partition by user_key order by valid_from) as application_key,
            platform,
            user_key,
            valid_from as applied_at,
            valid_from_date as applied_date,
            valid_to as decided_at,
            valid_to_date as decided_date,
            case
                when next_state is null
                then null
                when is_deleted_next
                then 'withdrawn'
                when next_state = 'approved'
                then 'approved'
                else 'refused'
            end as decision
        from followed
        where application_state = 'pending' and not is_deleted
    )

select *
from applications

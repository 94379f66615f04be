with
    usage_records as (select * from {{ ref("stg_custom_gpt__usage_records") }}),

    -- chats and inferences are generations
    actions as (
        select *
        from usage_records
        where coalesce(operation_type not in ('chat', 'inference'), true) and user_id is not null
    ),

    shaped as (
        select
            'custom_gpt' as platform,
            'action' as action_type,
            usage_record_id as action_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            created_at as acted_at
        from actions
    )

select *
from shaped

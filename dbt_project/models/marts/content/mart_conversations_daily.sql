with
    conversations as (select * from {{ ref("fct_conversations") }}),

    internal_users as (select user_key from {{ ref("dim_user") }} where is_internal),

    platforms as (select * from {{ ref("dim_platform") }} where platform in {{ feeding("conversations") }}),

    dates as (select date_day from {{ ref("dim_date") }} where is_complete),

    counted as (
        select
            conversations.platform,
            conversations.reporting_date as date_day,
            count(*) as conversations_count,
            count(*) filter (where conversations.is_inferred) as inferred_count,
            count(conversations.message_count) as counted_conversations_count,
            sum(conversations.message_count)::bigint as messages_count,
            sum(conversations.user_message_count)::bigint as user_messages_count,
            count(distinct case when internal_users.user_key is null then conversations.user_key end) as users_count
        from conversations
        left join internal_users on conversations.user_key = internal_users.user_key
        group by all
    ),

    shown as (
        select
            platforms.platform,
            dates.date_day,
            coalesce(counted.conversations_count, 0) as conversations_count,
            coalesce(counted.users_count, 0) as users_count,
            coalesce(counted.inferred_count, 0) as inferred_count,
            coalesce(counted.counted_conversations_count, 0) as counted_conversations_count,
            coalesce(counted.messages_count, 0) as messages_count,
            coalesce(counted.user_messages_count, 0) as user_messages_count,
            {{ ratio("counted.messages_count", "counted.counted_conversations_count") }} as messages_per_conversation,
            case
                when coalesce(counted.counted_conversations_count, 0) = 0
                then case when counted.conversations_count > 0 then 'no_source' else 'zero_denominator' end
            end as null_reason
        from platforms
        cross join dates
        left join counted using (platform, date_day)
    )

select *
from shown

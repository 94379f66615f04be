with
    conversations as (select * from {{ ref("stg_custom_gpt__conversations") }}),

    usage_records as (select * from {{ ref("stg_custom_gpt__usage_records") }}),

    -- whole minutes first: they are few, and a zone costs far more than a remainder
    minutes as (select distinct epoch_us(created_at) - epoch_us(created_at) % 60000000 as minute_us from conversations),

    -- reporting days, which are rebuilt as a whole: any other rule would let a new row change days that nobody touched
    kept_days as (select distinct {{ reporting_date("make_timestamptz(minute_us)") }} as kept_day from minutes),

    -- where the source kept no conversation all day, each chat stands for one, of nobody knows how many messages
    inferred as (
        select 'usage:' || usage_record_id as conversation_id, user_id, model_id, true as is_inferred, created_at
        from usage_records
        where operation_type = 'chat' and {{ reporting_date("created_at") }} not in (select kept_day from kept_days)
    ),

    kept as (
        select
            'conversation:' || conversation_id as conversation_id,
            user_id,
            model_id,
            message_count,
            user_message_count,
            assistant_message_count,
            false as is_inferred,
            created_at
        from conversations
    ),

    united as (
        select *
        from kept
        union all by name
        select *
        from inferred
    ),

    shaped as (
        select
            {{ platform_key("custom_gpt", "conversation_id") }} as conversation_key,
            'custom_gpt' as platform,
            conversation_id,
            {{ platform_key("custom_gpt", "user_id") }} as user_key,
            {{ platform_key("custom_gpt", "model_id") }} as model_key,
            message_count,
            user_message_count,
            assistant_message_count,
            is_inferred,
            created_at as started_at
        from united
    )

select *
from shaped

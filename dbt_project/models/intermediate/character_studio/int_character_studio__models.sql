with
    lora_model_observations as (select * from {{ ref("stg_character_studio__lora_model_observations") }}),

    latest as ({{ latest_observations("lora_model_observations", "lora_model_id") }}),

    shaped as (
        select
            {{ platform_key("character_studio", "lora_model_id") }} as model_key,
            'character_studio' as platform,
            lora_model_id as model_id,
            {{ platform_key("character_studio", "user_id") }} as user_key,
            case
                when model_type in ('face', 'style', 'pose') then model_type when model_type is not null then 'other'
            end as model_kind,
            base_model,
            model_status,
            created_at,
            is_deleted,
            observed_at
        from latest
    )

select *
from shaped

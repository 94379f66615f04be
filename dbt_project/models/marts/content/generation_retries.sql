{{ config(materialized="view", schema="intermediate") }}

{#- a retry begins within so many microseconds after a failure -#}
{%- set pause = 5 * 60 * 1000000 %}
{%- set longest = 24 * 60 * 60 * 1000000 %}

with
    outcomes as not materialized(
        select
            outcome_key,
            platform,
            generation_kind,
            is_failed,
            -- nobody knows whether two unknown users are one
            coalesce(user_key, outcome_key) as actor_key,
            coalesce(model_name, model_key, 'unknown') as model,
            epoch_us(generated_at) as begun_us,
            -- a day at most: what hangs for longer is not what a user waits for
            least(greatest(epoch_us(finished_at), begun_us), begun_us + {{ longest }}) as ended_us,
            divide(begun_us, {{ pause }}) as slot,
            is_failed or inner_retries_count > 0 as is_troubled
        from {{ ref("generation_outcomes") }}
        where outcome <> 'denied'
    ),

    -- around failures only, so that the many others need not be sorted; a place too many does no harm
    places as (
        select distinct
            unnest(
                [
                    hash(platform, actor_key, generation_kind, model, slot_near)
                    for slot_near in range(slot, divide(ended_us, {{ pause }}) + 2)
                ]
            ) as place
        from outcomes
        where is_troubled
    ),

    near as (
        select *
        from outcomes
        where hash(platform, actor_key, generation_kind, model, slot) in (select place from places)
    ),

    judged as (
        select
            *,
            coalesce(
                lag(is_failed) over by_time
                and begun_us > lag(begun_us) over by_time
                and begun_us - lag(ended_us) over by_time between 0 and {{ pause }},
                false
            ) as is_retry
        from near
        window by_time as (partition by platform, actor_key, generation_kind, model order by begun_us, outcome_key)
    ),

    shown as (
        select
            outcome_key,
            last_value(case when not is_retry then outcome_key end ignore nulls) over in_order as first_try_key,
            coalesce(lead(is_retry) over in_order, false) as is_tried_again
        from judged
        window in_order as (partition by platform, actor_key, generation_kind, model order by begun_us, outcome_key)
    )

select *
from shown

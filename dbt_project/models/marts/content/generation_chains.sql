{{ config(materialized="view", schema="intermediate") }}

{#- a retry begins within so many microseconds after a failure -#}
{%- set pause = 5 * 60 * 1000000 %}

with recursive
    outcomes as not materialized(
        select
            * exclude (retry_count),
            -- nobody knows whether two unknown users are one
            coalesce(user_key, outcome_key) as actor_key,
            coalesce(model_name, model_key, 'unknown') as model,
            -- a day at most: what hangs for longer is not what a user waits for
            least(greatest(finished_at, generated_at), generated_at + interval 1 day) as ended_at,
            divide(epoch_us(generated_at), {{ pause }}) as slot,
            coalesce(retry_count, 0) as inner_retries_count,
            is_failed or coalesce(retry_count, 0) > 0 as is_troubled
        from {{ ref("generation_outcomes") }}
        where outcome <> 'denied'
    ),

    -- platforms that say themselves what was tried again
    telling as (select distinct platform from outcomes where retry_of_key is not null),

    -- only to what was before, so that there is no circle
    links as (
        select retries.outcome_key, originals.outcome_key as original_key
        from outcomes as retries
        inner join outcomes as originals on retries.retry_of_key = originals.outcome_key
        where
            retries.retry_of_key is not null
            and (originals.generated_at, originals.outcome_key) < (retries.generated_at, retries.outcome_key)
    ),

    linked as (
        select distinct original_key as outcome_key, original_key as chain_key
        from links
        where original_key not in (select outcome_key from links)
        union all
        select links.outcome_key, linked.chain_key
        from linked
        inner join links on linked.outcome_key = links.original_key
    ),

    told as (
        select
            outcomes.*,
            coalesce(linked.chain_key, outcomes.outcome_key) as chain_key,
            outcomes.outcome_key in (select original_key from links) as is_tried_again
        from outcomes
        inner join telling using (platform)
        left join linked using (outcome_key)
        where outcomes.is_troubled or linked.chain_key is not null
    ),

    -- around failures only, so that the many others need not be sorted; a place too many does no harm
    places as (
        select distinct
            unnest(
                [
                    hash(platform, actor_key, generation_kind, model, slot_near)
                    for slot_near in range(slot, divide(epoch_us(ended_at), {{ pause }}) + 2)
                ]
            ) as place
        from outcomes
        where is_troubled and platform not in (select platform from telling)
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
                and generated_at > lag(generated_at) over by_time
                and epoch_us(generated_at) - epoch_us(lag(ended_at) over by_time) between 0 and {{ pause }},
                false
            ) as is_retry
        from near
        window by_time as (partition by platform, actor_key, generation_kind, model order by generated_at, outcome_key)
    ),

    seen as (
        select
            *,
            last_value(case when not is_retry then outcome_key end ignore nulls) over in_order as chain_key,
            coalesce(lead(is_retry) over in_order, false) as is_tried_again
        from judged
        window in_order as (partition by platform, actor_key, generation_kind, model order by generated_at, outcome_key)
    ),

    united as (
        select *
        from told
        union all by name
        select *
        from seen
    ),

    chains as (
        select
            chain_key,
            platform,
            min(reporting_date) as reporting_date,
            max(generation_kind) filter (where outcome_key = chain_key) as generation_kind,
            (count(*) + sum(inner_retries_count))::bigint as attempts_count,
            (count(*) filter (where is_failed) + sum(inner_retries_count))::bigint as failures_count,
            (count(*) filter (where is_failed and is_tried_again) + sum(inner_retries_count))::bigint
            as retried_failures_count,
            bool_or(is_troubled and outcome_key = chain_key) as is_failed_first,
            bool_or(is_troubled and outcome_key = chain_key) and bool_or(is_success) as is_recovered
        from united
        group by chain_key, platform
        having attempts_count > 1 or failures_count > 0
    )

select *
from chains

{{ config(materialized="view", schema="intermediate") }}

with recursive
    outcomes as not materialized(select * from {{ ref("generation_outcomes") }} where outcome <> 'denied'),

    by_the_clock as (select * from {{ ref("generation_retries") }}),

    -- platforms that say themselves what was tried again, by a reference or by a count in the row
    telling as (select distinct platform from outcomes where retry_of_key is not null or inner_retries_count > 0),

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

    -- what the clock does not know, far from any failure, is in a chain if the platform says so
    attempts as (
        select
            outcomes.*,
            coalesce(by_the_clock.is_tried_again, false) as is_tried_again,
            case
                when outcomes.platform in (select platform from telling)
                then coalesce(linked.chain_key, outcomes.outcome_key)
                else by_the_clock.first_try_key
            end as chain_key
        from outcomes
        left join by_the_clock using (outcome_key)
        left join linked using (outcome_key)
        where by_the_clock.outcome_key is not null or linked.outcome_key is not null
    ),

    chained as (
        select
            *,
            outcome_key = chain_key as is_first,
            -- the attempts up to this one; those within its row came before it ended
            count(*) over so_far + sum(inner_retries_count) over so_far as attempts_so_far,
            count(*) over by_chain + sum(inner_retries_count) over by_chain as chain_attempts_count,
            bool_or(is_success) over by_chain as has_success,
            bool_or(is_failed) over by_chain as has_failure
        from attempts
        window
            by_chain as (partition by chain_key),
            so_far as (
                partition by chain_key
                order by generated_at, outcome_key
                rows between unbounded preceding and current row
            )
    ),

    shown as (
        select
            outcome_key,
            chain_key,
            platform,
            reporting_date,
            generation_kind,
            is_first,
            is_failed::bigint + inner_retries_count as failures_count,
            (is_failed and is_tried_again)::bigint + inner_retries_count as retried_failures_count,
            is_first and chain_attempts_count > 1 as is_retried,
            is_first and (is_failed or inner_retries_count > 0) as is_failed_first,
            is_failed_first and has_success as is_recovered,
            is_success,
            case when is_first then min(attempts_so_far) filter (is_success) over (partition by chain_key) end::bigint
            as attempts_to_success
        from chained
        where chain_attempts_count > 1 or has_failure
    )

select *
from shown

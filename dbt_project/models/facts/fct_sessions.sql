{#- a longer silence ends a session; a session that goes on is cut -#}
{%- set gap_minutes = 30 %}
{%- set longest_hours = 12 %}

with
    activity as (select * from {{ ref("fct_activity") }}),

    attempts as (select * from {{ ref("fct_generation_attempts") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    requests as (select * from {{ ref("fct_api_requests") }} where is_metered),

    payments as (select * from {{ ref("fct_payments") }}),

    states as (select user_key, platform, user_type, valid_from, valid_to from {{ ref("dim_user_history") }}),

    -- numbered, because acts by the million are sorted by user, and numbers sort faster than keys
    users as (
        select user_key, platform, min(valid_from) as known_from, row_number() over (order by user_key) as user_number
        from states
        group by user_key, platform
    ),

    -- an attempt and what it made are one act; so are a request or an entry of the log and the generation of it
    acts as (
        select user_key, occurred_at as acted_at, action as act
        from activity
        where
            not is_refused
            and not is_probable_duplicate
            and activity_key not in (select generation_key from generations)
        union all
        select
            user_key,
            attempted_at,
            case
                when is_success
                then 'generation_made'
                when is_failed
                then 'generation_failed'
                when is_denied
                then 'generation_refused'
                else 'generation_started'
            end
        from attempts
        union all
        select
            user_key,
            generated_at,
            case
                when is_success then 'generation_made' when is_failed then 'generation_failed' else 'generation_started'
            end
        from generations
        where generation_key not in (select generation_key from attempts where generation_key is not null)
        union all
        select user_key, requested_at, 'request'
        from requests
        where request_key not in (select generation_key from generations)
        union all
        select user_key, paid_at, 'payment'
        from payments
        where not is_duplicate and payment_purpose is distinct from 'subscription'
    ),

    gaps as (
        select
            users.user_number,
            acts.acted_at,
            acts.act,
            coalesce(
                acts.acted_at
                > lag(acts.acted_at) over (partition by users.user_number order by acts.acted_at)
                + interval {{ gap_minutes }} minute,
                true
            ) as is_after_a_gap
        from acts
        inner join users on acts.user_key = users.user_key
    ),

    -- acts of one instant are in one run, whichever of them it is that follows the gap
    runs as (
        select
            *,
            max(case when is_after_a_gap then acted_at end) over (
                partition by user_number order by acted_at range unbounded preceding
            ) as run_began_at
        from gaps
    ),

    pieces as (
        select
            user_number,
            min(acted_at) as started_at,
            max(acted_at) as ended_at,
            count(*) as actions_count,
            count(*) filter (where act = 'generation_made') as generations_count,
            count(*) filter (where act = 'generation_failed') as failed_generations_count,
            count(*) filter (where act = 'generation_refused') as refused_generations_count,
            count(*) filter (where act = 'payment') as payments_count,
            first(act order by acted_at, act) as first_action,
            last(act order by acted_at, act) as exit_action
        from runs
        group by
            user_number,
            run_began_at,
            divide(epoch_us(acted_at) - epoch_us(run_began_at), {{ longest_hours * 3600 * 1000000 }})
    ),

    -- as what they were then: who becomes an administrator keeps the sessions of before
    typed as (
        select users.user_key, users.platform, pieces.* exclude (user_number), states.user_type
        from pieces
        inner join users using (user_number)
        inner join
            states
            on users.user_key = states.user_key
            and greatest(pieces.started_at, users.known_from) >= states.valid_from
            and greatest(pieces.started_at, users.known_from) < coalesce(states.valid_to, 'infinity')
        where states.user_type <> 'internal'
    ),

    closed as (
        select
            user_key || '@' || epoch_us(started_at) as session_key,
            *,
            {{ reporting_date("started_at") }} as reporting_date,
            {{ elapsed_seconds("started_at", "ended_at") }} as duration_seconds
        from typed
        where {{ is_past("ended_at + interval " ~ gap_minutes ~ " minute") }}
    )

select *
from closed

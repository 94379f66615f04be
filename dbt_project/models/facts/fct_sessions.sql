{#- a longer silence ends a session; a session that goes on is cut -#}
{%- set gap_minutes = 30 %}
{%- set longest_hours = 12 %}

with
    activity as (select * from {{ ref("fct_activity") }}),

    attempts as (select * from {{ ref("fct_generation_attempts") }}),

    generations as (select * from {{ ref("fct_generations") }}),

    requests as (select * from {{ ref("fct_api_requests") }} where is_metered),

    payments as (select * from {{ ref("fct_payments") }}),

    states as (select user_key, user_type, valid_from from {{ ref("dim_user_history") }}),

    users as (select user_key, min(valid_from) as known_from from states group by user_key),

    -- an attempt and what it made are one act; so are a request or an entry of the log and the generation of it
    acts as (
        select user_key, platform, occurred_at as acted_at, action as act, activity_key as act_key
        from activity
        where
            not is_refused
            and not is_probable_duplicate
            and activity_key not in (select generation_key from generations)
        union all
        select
            user_key,
            platform,
            attempted_at,
            case
                when is_success
                then 'generation_made'
                when is_failed
                then 'generation_failed'
                when is_denied
                then 'generation_refused'
                else 'generation_started'
            end,
            attempt_key
        from attempts
        union all
        select
            user_key,
            platform,
            generated_at,
            case
                when is_success then 'generation_made' when is_failed then 'generation_failed' else 'generation_started'
            end,
            generation_key
        from generations
        where generation_key not in (select generation_key from attempts where generation_key is not null)
        union all
        select user_key, platform, requested_at, 'request', request_key
        from requests
        where request_key not in (select generation_key from generations)
        union all
        select user_key, platform, paid_at, 'payment', payment_key
        from payments
        where not is_duplicate and payment_purpose is distinct from 'subscription'
    ),

    runs as (
        select
            acts.*,
            users.known_from,
            (
                acts.acted_at
                > lag(acts.acted_at) over (partition by acts.user_key order by acts.acted_at, acts.act, acts.act_key)
                + interval {{ gap_minutes }} minute
            ) as is_after_a_gap
        from acts
        inner join users on acts.user_key = users.user_key
    ),

    numbered as (
        select
            *,
            count(*) filter (where is_after_a_gap) over (
                partition by user_key order by acted_at, act, act_key
            ) as run_number
        from runs
    ),

    cut as (
        select
            *,
            divide(
                date_sub('microsecond', min(acted_at) over (partition by user_key, run_number), acted_at),
                {{ longest_hours * 3600 * 1000000 }}
            ) as piece_number
        from numbered
    ),

    sessions as (
        select
            user_key,
            platform,
            greatest(min(acted_at), known_from) as state_at,
            min(acted_at) as started_at,
            max(acted_at) as ended_at,
            count(*) as actions_count,
            count(*) filter (where act = 'generation_made') as generations_count,
            count(*) filter (where act = 'generation_failed') as failed_generations_count,
            count(*) filter (where act = 'generation_refused') as refused_generations_count,
            count(*) filter (where act = 'payment') as payments_count,
            first(act order by acted_at, act, act_key) as first_action,
            last(act order by acted_at, act, act_key) as exit_action
        from cut
        group by user_key, platform, known_from, run_number, piece_number
    ),

    -- as what they were then: who becomes an administrator keeps the sessions of before
    typed as (
        select sessions.* exclude (state_at), states.user_type
        from sessions
        asof inner join states on sessions.user_key = states.user_key and sessions.state_at >= states.valid_from
        where states.user_type <> 'internal'
    ),

    closed as (
        select
            user_key || '@' || epoch_us(started_at) as session_key,
            *,
            {{ reporting_date("started_at") }} as reporting_date,
            date_sub('second', started_at, ended_at) as duration_seconds
        from typed
        where ended_at < {{ as_of() }} - interval {{ gap_minutes }} minute
    )

select *
from closed

{#-
State that a source overwrites, from the archive's observations. An observation is a state of a row that a load found new or changed,
or its deletion (with the last known state); load_id orders the observations of a key.
-#}
{#- The last observation of every key: the current rows, and deleted ones with their last known state. -#}
{% macro latest_observations(observations, key) %}
    select * from {{ observations }} qualify row_number() over (partition by {{ key }} order by load_id desc) = 1
{% endmacro %}

{#-
One row per key and stretch of constant attributes, half-open [valid_from, valid_to).
The first state is valid from known_since (when the row was created), because what it was before our first load is unknown and
assumed the same; later states from the load that found them. Of two states with the same start the later load wins.
Where a load tells several states of a key, each begins at its own observed_at; one that is known_since then is dated as an event.
Needs the columns <key>, platform, load_id, observed_at, known_since and the attributes.
-#}
{% macro constant_stretches(observations, key, attributes) %}
    with
        dated as (
            select
                *,
                case
                    when row_number() over (partition by {{ key }} order by load_id, observed_at) = 1
                    then coalesce(known_since, observed_at)
                    else greatest(observed_at, known_since)
                end as valid_from
            from {{ observations }}
            where {{ is_past("known_since", unknown=true) }}
        ),

        distinct_starts as (
            select * from dated qualify row_number() over (partition by {{ key }}, valid_from order by load_id desc) = 1
        ),

        changes as (
            select
                *,
                case
                    when valid_from = known_since
                    then {{ reporting_date("valid_from") }}
                    else {{ observed_date("valid_from") }}
                end as valid_from_date
            from distinct_starts
            window by_start as (partition by {{ key }} order by valid_from)
            qualify
                row_number() over by_start = 1
                {%- for attribute in attributes %}
                    or {{ attribute }} is distinct from lag({{ attribute }}) over by_start
                {%- endfor %}
        )

    select
        {{ key }},
        platform,
        valid_from,
        lead(valid_from) over by_start as valid_to,
        valid_from_date,
        lead(valid_from_date) over by_start as valid_to_date,
        lead(valid_from) over by_start is null as is_current,
        {{ attributes | join(", ") }}
    from changes
    window by_start as (partition by {{ key }} order by valid_from)
{% endmacro %}

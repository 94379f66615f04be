{#-
Who was active in the N days that end with a day, for every day at once, without joining days to ranges: an activity on day d
counts on the days [d, d + N). Overlapping windows of a key are merged into one half-open stretch [from_date, to_date), so that
on no day a key is open twice; then a running sum of +1 at from_date and -1 at to_date counts the distinct keys.
-#}
{% macro merged_windows(relation, keys, day, days) %}
    select {{ keys | join(", ") }}, min({{ day }}) as from_date, max({{ day }}) + {{ days }} as to_date
    from
        (
            select *, sum(is_start) over (partition by {{ keys | join(", ") }} order by {{ day }}) as island
            from
                (
                    select
                        *,
                        case
                            when
                                {{ day }}
                                <= lag({{ day }}) over (partition by {{ keys | join(", ") }} order by {{ day }})
                                + {{ days }}
                            then 0
                            else 1
                        end as is_start
                    from {{ relation }}
                ) as marked
        ) as numbered
    group by {{ keys | join(", ") }}, island
{% endmacro %}

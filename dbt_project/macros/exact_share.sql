{#-
Money by a count of things, in cents, half a cent up. The division operator goes through a DOUBLE, which knows no 78.99 and would
make 39.49 of its half. NULL without things; money must not be negative.
-#}
{% macro exact_share(money, count) -%}
    (divide(2 * ({{ money }} * 100)::hugeint + {{ count }}, 2 * nullif({{ count }}, 0)) * 0.01::decimal(3, 2))::decimal(
        18, 2
    )
{%- endmacro %}

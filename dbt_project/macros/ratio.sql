{#-
A number with so many decimals, half up. A DOUBLE knows no 0.0640625 (41 of 640) and rounds its neighbour, down: so it is first made
the decimal that it stands for, of six digits more. Exact for a quotient of counts up to a million (tests/dbt/test_ratio.py).
-#}
{% macro rounded(value, digits=6) -%}
    round(({{ value }})::decimal(38, {{ digits + 6 }}), {{ digits }})::double
{%- endmacro %}

{#- The one way to divide for a reader: rounded as above, NULL without a denominator. -#}
{% macro ratio(numerator, denominator, scale=1, digits=6) -%}
    {{
        rounded(
            (scale ~ " * " if scale != 1 else "")
            ~ "("
            ~ numerator
            ~ ")::double / nullif("
            ~ denominator
            ~ ", 0)::double",
            digits,
        )
    }}
{%- endmacro %}

{#-
A number that a source keeps as text, in a type of ours. Text that is no number, or one that the type can't hold to the last digit, is
unknown: neither an error nor rounded.
-#}
{% macro exact_number(text, type) -%}
    case
        when try_cast({{ text }} as {{ type }}) = try_cast({{ text }} as decimal(38, 18))
        then try_cast({{ text }} as {{ type }})
    end
{%- endmacro %}

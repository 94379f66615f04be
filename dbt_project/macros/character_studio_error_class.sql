{#- The house's word for an error class of character_studio, which its catalog makes of the text. NULL without an error. -#}
{% macro character_studio_error_class(column) -%}
    case
        when {{ column }} in ('timeout', 'out_of_memory', 'invalid_input')
        then {{ column }}
        when {{ column }} = 'content_filter'
        then 'content_policy'
        when {{ column }} = 'provider_error'
        then 'provider'
        when {{ column }} is not null
        then 'other'
    end
{%- endmacro %}

{%- set needed = {
    "payments": "payments",
    "sessions": "app_sessions",
} %}

with found as ({{ optional_facts("character_studio", needed) }})

select *
from found

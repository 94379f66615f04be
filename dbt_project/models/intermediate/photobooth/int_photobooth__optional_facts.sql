{%- set needed = {
    "contracts": "partner_contracts",
    "attempts": "generation_attempts",
    "activity": "activity_logs",
    "uptime": "uptime_checks",
} %}

with found as ({{ optional_facts("photobooth", needed) }})

select *
from found

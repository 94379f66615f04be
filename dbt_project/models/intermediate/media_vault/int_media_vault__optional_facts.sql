{%- set needed = {
    "payments": "credit_purchases",
    "logins": "login_events",
} %}

with found as ({{ optional_facts("media_vault", needed) }})

select *
from found

{%- set needed = {
    "sessions": "user_sessions",
    "ratings": "user_feedback",
    "payments": "subscription_payments",
    "frontend": "frontend_metrics",
    "outcomes": "campaign_outcomes",
} %}

with found as ({{ optional_facts("marketing_engine", needed) }})

select *
from found

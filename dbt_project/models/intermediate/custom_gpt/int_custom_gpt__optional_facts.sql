{%- set needed = {
    "datasets": "datasets",
    "trainings": "training_sessions",
    "audit": "audit_logs",
    "requests": "api_request_log",
    "ratings": "model_ratings",
} %}

with found as ({{ optional_facts("custom_gpt", needed) }})

select *
from found

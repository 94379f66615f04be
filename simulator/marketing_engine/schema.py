"""The fifteen tables of marketing_engine, column by column.

Belongs here: names, types, keys and constraints of the operational schema. Does not: what the rows say (the other
modules). `!` after a type means NOT NULL; `= TYPE` is the DuckDB type where PostgreSQL's numeric has no bounds.
"""

from __future__ import annotations

from simulator.schema import Table, columns

USERS = Table(
    "users",
    columns("id uuid!; email text; raw_user_meta_data jsonb; created_at timestamptz; last_sign_in_at timestamptz"),
    unique=(("email",),),
    changes=("last_sign_in_at",),
    schema="auth",
)

API_USAGE = Table(
    "api_usage",
    columns("""
        id uuid!; user_id uuid!; service_type text!; provider text!; model text!; endpoint text!; request_id text
        request_data jsonb; response_data jsonb
        input_tokens integer; output_tokens integer; total_tokens integer; images_generated integer
        video_seconds numeric(10,2)
        input_cost numeric(12,6); output_cost numeric(12,6); generation_cost numeric(12,6); total_cost numeric(12,6)!
        latency_ms integer; status text!; error_message text
        ip_address inet; user_agent text; campaign_id uuid; created_at timestamptz
        session_id uuid; referrer text; utm_source text; utm_medium text; utm_campaign text
        country_code varchar(2); city text; timezone text
        browser text; browser_version text; os text; device_type text
        user_rating smallint; regeneration_of uuid; is_downloaded boolean; is_shared boolean
    """),
    event_time="created_at",
    changes=("user_rating", "is_downloaded", "is_shared"),
)

SUBSCRIPTIONS = Table(
    "user_subscriptions",
    columns("""
        id uuid!; user_id uuid!; plan_type text!; plan_name text!
        stripe_customer_id text; stripe_subscription_id text
        billing_period_start timestamptz; billing_period_end timestamptz
        content_generations_limit integer; image_generations_limit integer
        video_generations_limit integer; chat_messages_limit integer
        content_generations_used integer; image_generations_used integer
        video_generations_used integer; chat_messages_used integer
        monthly_cost_limit numeric(12,2); current_month_cost numeric(12,2); lifetime_cost numeric(12,2)
        is_active boolean; auto_renew boolean; usage_alerts_enabled boolean
        created_at timestamptz; updated_at timestamptz; last_reset_at timestamptz
    """),
    unique=(("user_id",),),
    changes=(
        *("plan_type", "plan_name", "stripe_customer_id", "stripe_subscription_id"),
        *("billing_period_start", "billing_period_end", "content_generations_limit", "image_generations_limit"),
        *("video_generations_limit", "chat_messages_limit", "content_generations_used", "image_generations_used"),
        *("video_generations_used", "chat_messages_used", "monthly_cost_limit", "current_month_cost"),
        *("lifetime_cost", "is_active", "auto_renew", "updated_at", "last_reset_at"),
    ),
)

TOTALS = Table(
    "usage_aggregations",
    columns("""
        id uuid!; user_id uuid!; period_type text!; period_start timestamptz!; period_end timestamptz!
        total_requests integer; successful_requests integer; failed_requests integer
        content_generations integer; images_generated integer; chat_messages integer; video_seconds numeric(12,2)
        content_cost numeric(12,6); image_cost numeric(12,6); video_cost numeric(12,6); chat_cost numeric(12,6)
        tools_cost numeric(12,6); total_cost numeric(12,6); total_input_tokens bigint; total_output_tokens bigint
        avg_latency_ms integer; p95_latency_ms integer; created_at timestamptz
    """),
    unique=(("user_id", "period_type", "period_start"),),
    event_time="period_start",
    changes=(
        *("total_requests", "successful_requests", "failed_requests", "content_generations", "images_generated"),
        *("chat_messages", "video_seconds", "content_cost", "image_cost", "video_cost", "chat_cost", "tools_cost"),
        *("total_cost", "total_input_tokens", "total_output_tokens"),
    ),
)

ALERTS = Table(
    "usage_alerts",
    columns("""
        id uuid!; user_id uuid; alert_type text; threshold_type text
        threshold_value numeric(12,2); current_value numeric(12,2); limit_value numeric(12,2)
        resource_type text; severity text; message text; notification_sent boolean; notification_sent_at timestamptz
        metadata jsonb; is_resolved boolean; resolved_at timestamptz; created_at timestamptz
    """),
    event_time="created_at",
    changes=("is_resolved", "resolved_at"),
)

RATE_LIMITS = Table(
    "api_rate_limits",
    columns("""
        id uuid!; user_id uuid; service_type text; window_type text; max_requests integer; current_requests integer
        window_start timestamptz; window_end timestamptz
        is_blocked boolean; blocked_until timestamptz; blocked_reason text
        created_at timestamptz; updated_at timestamptz
    """),
    unique=(("user_id", "service_type", "window_type"),),
    changes=(
        *("current_requests", "window_start", "window_end", "is_blocked", "blocked_until", "blocked_reason"),
        "updated_at",
    ),
)

CAMPAIGNS = Table(
    "campaigns",
    columns("""
        id uuid!; user_id uuid; name text; description text; status text; settings jsonb; tags text[]
        total_cost numeric(12,6); total_generations integer; created_at timestamptz; updated_at timestamptz
    """),
    changes=("status", "total_cost", "total_generations", "updated_at"),
)

LOGS = Table(
    "activity_logs",
    columns("""
        id uuid!; user_id uuid; action text; details jsonb; ip_address inet; user_agent text; created_at timestamptz
    """),
    event_time="created_at",
)

PLANS = Table(
    "media_plans",
    columns("""
        id uuid!; user_id uuid; name varchar; description text; status varchar; total_budget numeric(12,2)
        currency varchar(10); market varchar(50); goal varchar; niche varchar
        lead_to_sale_percent numeric(5,2); revenue_per_sale numeric(10,2); campaign_id uuid
        created_at timestamptz; updated_at timestamptz; deleted_at timestamptz
    """),
    changes=("status", "total_budget", "updated_at", "deleted_at"),
)

PLATFORMS = Table(
    "media_plan_platforms",
    columns("""
        id uuid!; media_plan_id uuid; platform varchar; allocation_percent numeric(5,2); budget_allocated numeric(12,2)
        estimated_impressions integer; estimated_reach integer; estimated_clicks integer; estimated_leads integer
        estimated_sales integer
        estimated_revenue numeric = DECIMAL(18,4); calculated_cpl numeric = DECIMAL(18,4)
        calculated_cpc numeric = DECIMAL(18,4); calculated_cpm numeric = DECIMAL(18,4)
        calculated_cac numeric = DECIMAL(18,4); calculated_roas numeric = DECIMAL(18,4); updated_at timestamptz
    """),
    unique=(("media_plan_id", "platform"),),
    changes=(
        *("budget_allocated", "estimated_impressions", "estimated_reach", "estimated_clicks", "estimated_leads"),
        *("estimated_sales", "estimated_revenue", "calculated_cpl", "calculated_cpc", "calculated_cpm"),
        *("calculated_cac", "calculated_roas", "updated_at"),
    ),
)

SESSIONS = Table(
    "user_sessions",
    columns("""
        id uuid!; user_id uuid; session_id uuid; started_at timestamptz; ended_at timestamptz
        duration_seconds integer; page_views integer; actions_count integer; ip_address inet; user_agent text
        referrer text; landing_page text; exit_page text; created_at timestamptz
    """),
    event_time="created_at",
    changes=("ended_at", "duration_seconds", "page_views", "exit_page"),
)

METRICS = Table(
    "frontend_metrics",
    columns("""
        id uuid!; user_id uuid; session_id uuid; page_url text; metric_type text; metric_name text
        metric_value numeric = DECIMAL(18,6); browser text; device_type text; created_at timestamptz
    """),
    event_time="created_at",
)

FEEDBACK = Table(
    "user_feedback",
    columns("""
        id uuid!; user_id uuid; api_usage_id uuid; rating smallint; feedback_text text; feedback_type text
        created_at timestamptz
    """),
    event_time="created_at",
)

PAYMENTS = Table(
    "subscription_payments",
    columns("""
        id uuid!; user_id uuid; plan_type text; interval text; amount numeric(12,2); currency char(3); status text
        period_start timestamptz; period_end timestamptz; paid_at timestamptz; created_at timestamptz
    """),
    event_time="created_at",
    changes=("status",),
)

OUTCOMES = Table(
    "campaign_outcomes",
    columns("""
        id uuid!; api_usage_id uuid; campaign_id uuid; conversion_achieved boolean; revenue numeric(12,2)
        currency char(3); measured_at timestamptz; created_at timestamptz
    """),
    event_time="created_at",
)

TABLES = (
    *(USERS, API_USAGE, SUBSCRIPTIONS, TOTALS, ALERTS, RATE_LIMITS, CAMPAIGNS, LOGS, PLANS, PLATFORMS),
    *(SESSIONS, METRICS, FEEDBACK, PAYMENTS, OUTCOMES),
)
# Tables with a user_id that are not kept in memory: deleting an account empties them too.
CASCADE = (API_USAGE, TOTALS, ALERTS, LOGS, SESSIONS, METRICS, FEEDBACK, PAYMENTS)

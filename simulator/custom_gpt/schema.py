"""The twelve tables of custom_gpt, column by column.

Belongs here: names, types, keys and constraints of the operational schema. Does not: what the rows say (the other
modules). `!` after a type means NOT NULL. Times are wall times in UTC without a zone. Tables of the product's second
schema version (datasets, training_sessions, audit_logs) have uuid keys where the others have text and numbers.
"""

from __future__ import annotations

from simulator.schema import Table, columns


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


USERS = Table(
    "users",
    columns("""
        id varchar(255)!
        email varchar(255)
        username varchar(80)
        first_name varchar
        last_name varchar
        password_hash varchar
        api_key varchar
        is_active boolean
        is_verified boolean
        email_verified_at timestamp
        last_login_at timestamp
        locked_until timestamp
        api_key_created_at timestamp
        failed_login_attempts integer
        subscription_tier varchar(50)
        oauth_provider varchar(50)
        oauth_id varchar
        created_at timestamp
        updated_at timestamp
    """),
    unique=(("email",), ("username",)),
    changes=_names("""
        api_key is_active last_login_at locked_until api_key_created_at failed_login_attempts
        subscription_tier updated_at
    """),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    columns("""
        id serial!
        user_id varchar(255)
        tier varchar(50)
        status varchar(50)
        stripe_customer_id varchar
        stripe_subscription_id varchar
        monthly_token_limit bigint
        monthly_tokens_used bigint
        monthly_training_hours_limit real
        monthly_training_hours_used real
        can_train_models boolean
        can_use_api boolean
        priority_support boolean
        max_models integer
        current_period_start timestamp
        current_period_end timestamp
        created_at timestamp
        updated_at timestamp
    """),
    changes=_names("""
        tier status stripe_customer_id stripe_subscription_id monthly_token_limit monthly_tokens_used
        monthly_training_hours_limit monthly_training_hours_used can_train_models can_use_api
        priority_support max_models updated_at
    """),
)

MODELS = Table(
    "models",
    columns("""
        id serial!
        name varchar
        description text
        user_id varchar(255)
        status varchar(50)
        version varchar
        base_model varchar
        model_type varchar
        training_session_id uuid
        dataset_id uuid
        is_deployed boolean
        is_public boolean
        training_accuracy real
        validation_accuracy real
        training_loss real
        validation_loss real
        total_inferences bigint
        last_used_at timestamp
        created_at timestamp
        updated_at timestamp
    """),
    changes=("total_inferences", "last_used_at"),
)

CONVERSATIONS = Table(
    "conversations",
    columns("""
        id serial!
        user_id varchar(255)
        model_id integer
        messages jsonb
        created_at timestamp
    """),
    event_time="created_at",
)

USAGE = Table(
    "usage_records",
    columns("""
        id serial!
        user_id varchar(255)
        model_id integer
        operation_type varchar(50)
        tokens_used integer
        compute_time_seconds real
        cost_cents integer
        request_id varchar
        endpoint varchar
        method varchar
        status_code integer
        latency_ms integer
        metadata jsonb
        created_at timestamp
    """),
    event_time="created_at",
    changes=("model_id",),
)

INVOICES = Table(
    "billing_invoices",
    columns("""
        id serial!
        user_id varchar(255)
        stripe_invoice_id varchar
        amount_cents integer
        currency varchar(3)
        status varchar(50)
        billing_period_start timestamp
        billing_period_end timestamp
        created_at timestamp
        paid_at timestamp
    """),
    event_time="created_at",
    changes=("status", "paid_at"),
)

PAYMENT_METHODS = Table(
    "payment_methods",
    columns("""
        id serial!
        user_id varchar(255)
        stripe_payment_method_id varchar
        type varchar
        brand varchar
        last_four varchar
        exp_month integer
        exp_year integer
        is_default boolean
        created_at timestamp
    """),
)

DATASETS = Table(
    "datasets",
    columns("""
        id uuid!
        user_id uuid
        name varchar
        description text
        file_path varchar
        file_size_mb real
        total_samples integer
        data_format varchar
        status varchar
        processing_error text
        processed_at timestamp
        quality_score real
        duplicate_count integer
        average_length real
        created_at timestamp
        updated_at timestamp
    """),
    changes=_names("""
        status processing_error processed_at quality_score duplicate_count average_length updated_at
    """),
)

TRAININGS = Table(
    "training_sessions",
    columns("""
        id uuid!
        user_id uuid
        dataset_id uuid
        name varchar
        experiment_name varchar
        base_model varchar
        status varchar
        progress_percentage real
        current_epoch integer
        total_epochs integer
        started_at timestamp
        completed_at timestamp
        estimated_completion timestamp
        final_loss real
        final_accuracy real
        gpu_hours_used real
        compute_cost real
        error_message text
        training_logs text
        created_at timestamp
        updated_at timestamp
    """),
    event_time="updated_at",
    changes=_names("""
        status progress_percentage current_epoch started_at completed_at estimated_completion final_loss
        final_accuracy gpu_hours_used compute_cost error_message training_logs updated_at
    """),
)

AUDIT = Table(
    "audit_logs",
    columns("""
        id uuid!
        user_id uuid
        action varchar(100)
        resource_type varchar
        resource_id varchar
        ip_address varchar
        user_agent varchar
        request_id varchar
        old_values json
        new_values json
        event_metadata json
        success boolean
        error_message text
        created_at timestamp
    """),
    event_time="created_at",
)

REQUESTS = Table(
    "api_request_log",
    columns("""
        id bigint!
        created_at timestamp
        user_id text
        endpoint text
        method text
        status_code integer
        latency_ms integer
        model_id text
    """),
    event_time="created_at",
)

RATINGS = Table(
    "model_ratings",
    columns("""
        id bigint!
        model_id text
        user_id text
        conversation_id text
        rating smallint
        created_at timestamp
    """),
    event_time="created_at",
)

TABLES = (
    USERS,
    SUBSCRIPTIONS,
    MODELS,
    CONVERSATIONS,
    USAGE,
    INVOICES,
    PAYMENT_METHODS,
    DATASETS,
    TRAININGS,
    AUDIT,
    REQUESTS,
    RATINGS,
)

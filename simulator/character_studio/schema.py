"""The seventeen tables of character_studio, column by column.

Belongs here: names, types, enums, keys and constraints of the operational schema. Does not: what the rows say (the
other modules). `!` after a type means NOT NULL. The tables of users tell time without a zone (UTC), those of
administrators with one.
"""

from __future__ import annotations

from typing import Any

from simulator.schema import Table, columns

ENUMS = {
    "role": ("user", "admin"),
    "subscription_tier": ("free", "starter", "pro", "unlimited"),
    "subscription_status": ("active", "cancelled", "expired", "past_due"),
    "credit_transaction_type": (
        *("subscription_grant", "purchase", "generation", "refund", "bonus", "admin_adjustment"),
    ),
    "character_status": ("draft", "generating", "ready", "failed", "training", "hd_ready"),
    "job_type": (
        *("base_image_generation", "character_sheet_generation", "image_generation", "character_generation"),
        *("image_upscale", "lora_training", "hd_generation", "caption_generation"),
    ),
    "job_status": ("queued", "processing", "completed", "failed", "cancelled"),
    "image_status": ("pending", "generating", "completed", "failed"),
    "scene_preset": (
        *("professional_portrait", "candid_lifestyle", "fashion_editorial", "fitness_motivation"),
        *("morning_vibes", "night_out", "cozy_home", "beach_day"),
    ),
    "environment_preset": ("beach", "home_bedroom", "home_living_room", "office", "cafe", "urban_street", "studio"),
    "aspect_ratio": ("1:1", "9:16", "2:3"),
    "lora_type": ("face", "style", "pose"),
    "lora_status": ("pending", "training", "ready", "failed", "expired"),
    "training_model": ("flux", "wan", "wan-14b", "qwen"),
    "bug_report_status": ("open", "in_progress", "resolved", "closed"),
}


def _table(name: str, text: str, **more: Any) -> Table:
    return Table(name, columns(text.replace(";", "\n"), ENUMS), **more)


USERS = _table(
    "users",
    """
    id uuid!; email text!; password text; email_verification_token text; password_reset_token text
    password_reset_expires_at timestamp; name text!; public_name text!; role role; is_email_verified boolean
    banned boolean; settings text; signup_source text; country_code char(2); created_at timestamp; updated_at timestamp
    """,
    unique=(("email",), ("public_name",)),
    changes=("is_email_verified", "banned", "updated_at"),
)

SUBSCRIPTIONS = _table(
    "subscriptions",
    """
    id uuid!; user_id uuid; finby_subscription_id text; tier subscription_tier; status subscription_status
    current_period_start timestamp; current_period_end timestamp; expired_at timestamp; cancelled_at timestamp
    cancel_at_period_end boolean; created_at timestamp; updated_at timestamp
    """,
    unique=(("finby_subscription_id",),),
    changes=(
        *("status", "current_period_start", "current_period_end", "expired_at", "cancelled_at"),
        *("cancel_at_period_end", "updated_at"),
    ),
)

CREDITS = _table(
    "user_credits",
    """
    id uuid!; user_id uuid; balance integer; total_earned integer; total_spent integer
    low_balance_warning_shown timestamp; created_at timestamp; updated_at timestamp
    """,
    unique=(("user_id",),),
    changes=("balance", "total_earned", "total_spent", "low_balance_warning_shown", "updated_at"),
)

LEDGER = _table(
    "credit_transactions",
    """
    id uuid!; user_id uuid; type credit_transaction_type; amount integer; balance_after integer; reference_type text
    reference_id uuid; description text; quality_mode text; created_at timestamp
    """,
    event_time="created_at",
)

CHARACTERS = _table(
    "characters",
    """
    id uuid!; user_id uuid; name text; handle text; config jsonb; status character_status; generation_error text
    base_image_id uuid; lora_status text; post_count text; liked_count text; deleted_at timestamp
    created_at timestamp; updated_at timestamp
    """,
    changes=(
        *("status", "generation_error", "base_image_id", "lora_status", "post_count", "liked_count"),
        *("deleted_at", "updated_at"),
    ),
)

JOBS = _table(
    "generation_jobs",
    """
    id uuid!; user_id uuid!; character_id uuid; type job_type!; status job_status; input jsonb!; output jsonb
    image_count integer; completed_count integer; credits_used integer; error text; retry_count integer
    external_job_id text; external_provider text; started_at timestamp; completed_at timestamp
    created_at timestamp; updated_at timestamp
    """,
    event_time="created_at",
    changes=(
        *("status", "output", "completed_count", "error", "retry_count", "started_at", "completed_at", "updated_at"),
    ),
)

IMAGES = _table(
    "images",
    """
    id uuid!; character_id uuid; user_id uuid; source_image_id uuid; edit_type text; status image_status
    scene scene_preset; environment environment_preset; outfit text; pose_id text; style_id text; lighting_id text
    model_id text; aspect_ratio aspect_ratio; nsfw boolean; liked boolean; prompt_enhance boolean; width integer
    height integer; generation_error text; s3_key text; s3_url text; thumbnail_url text; prompt text
    deleted_at timestamp; created_at timestamp; updated_at timestamp
    """,
    event_time="created_at",
    changes=("liked", "deleted_at", "updated_at"),
)

POSTS = _table(
    "posts",
    """
    id uuid!; character_id uuid; user_id uuid; job_id uuid; prompt_id uuid; scene scene_preset!
    environment environment_preset!; outfit text!; aspect_ratio aspect_ratio!; nsfw boolean!; caption text
    caption_edited boolean; liked boolean; exported boolean; exported_at timestamp
    created_at timestamp; updated_at timestamp
    """,
    event_time="created_at",
    changes=("liked", "exported", "exported_at", "updated_at"),
)

LORAS = _table(
    "lora_models",
    """
    id uuid!; character_id uuid; user_id uuid; type lora_type; status lora_status; training_model training_model
    training_steps integer; training_duration_ms integer; training_cost integer; credits_charged integer
    credits_refunded integer; retry_count integer; training_started_at timestamp; training_completed_at timestamp
    expires_at timestamp; created_at timestamp; updated_at timestamp
    """,
    changes=(
        *("status", "training_duration_ms", "training_cost", "credits_refunded", "retry_count"),
        *("training_started_at", "training_completed_at", "expires_at", "updated_at"),
    ),
)

BUGS = _table(
    "bug_reports",
    """
    id uuid!; user_id uuid; email text; description text; screenshot_url text; console_logs text
    browser_metadata jsonb; status bug_report_status; created_at timestamp; updated_at timestamp
    """,
    changes=("status", "updated_at"),
)

REQUESTS = _table(
    "influencer_requests",
    """
    id uuid!; user_id uuid; consent boolean; instagram text; tiktok text; description text; admin_notes text
    status text; created_at timestamp; updated_at timestamp; reviewed_at timestamp
    """,
    changes=("status", "admin_notes", "updated_at", "reviewed_at"),
)

FUNNEL = _table(
    "funnel_sessions",
    """
    id uuid!; session_id text; email text; on_waitlist boolean; current_step integer
    created_at timestamp; updated_at timestamp
    """,
    unique=(("session_id",),),
    event_time="created_at",
    changes=("email", "on_waitlist", "current_step", "updated_at"),
)

OPTIONS = _table(
    "funnel_options",
    "id uuid!; session_id text; option_key text; option_value jsonb",
    unique=(("session_id", "option_key"),),
    changes=("option_value",),
)

ADMINS = _table(
    "admin_users",
    """
    id uuid!; email text; name text; role varchar; is_active boolean; last_login_at timestamptz; password_hash text
    created_at timestamptz; updated_at timestamptz
    """,
    changes=("is_active", "last_login_at", "updated_at"),
)

AUDIT = _table(
    "admin_audit_log",
    """
    id uuid!; admin_id uuid; action varchar(100); entity_type varchar(50); entity_id uuid; details jsonb
    ip_address text; user_agent text; created_at timestamptz
    """,
    event_time="created_at",
)

PAYMENTS = _table(
    "payments",
    """
    id uuid!; user_id uuid; kind text; tier text; pack_credits integer; interval text; amount numeric(12,2)
    currency char(3); status text; subscription_id uuid; paid_at timestamp; created_at timestamp
    """,
    event_time="created_at",
    changes=("status", "paid_at"),
)

SESSIONS = _table(
    "app_sessions",
    """
    id uuid!; user_id uuid; started_at timestamp; ended_at timestamp; device_type text; country_code text
    created_at timestamp
    """,
    event_time="created_at",
)

# In the order of writing: a person before what belongs to it.
TABLES = (
    *(USERS, SUBSCRIPTIONS, CREDITS, LEDGER, CHARACTERS, JOBS, IMAGES, POSTS, LORAS, BUGS, REQUESTS, FUNNEL, OPTIONS),
    *(ADMINS, AUDIT, PAYMENTS, SESSIONS),
)

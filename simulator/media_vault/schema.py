"""The thirteen tables of media_vault.

Belongs here: names, types, keys and constraints of the operational schema. Does not: what the rows say (the other
modules). `!` after a type means NOT NULL. A `serial` is an integer whose sequence belongs to the application; here the
simulator numbers the rows. All times are UTC wall time without a zone.
"""

from __future__ import annotations

from typing import Any

from simulator.schema import Table, columns


def _table(name: str, text: str, **more: Any) -> Table:
    """A table whose columns are written one after the other, with commas between them."""
    return Table(name, columns(text.replace(",", "\n")), **more)


USERS = _table(
    "users",
    """id varchar!, email varchar, first_name varchar, last_name varchar, profile_image_url varchar, role varchar,
    is_active boolean, age_verified boolean, birth_date date, referral_code varchar, referred_by varchar,
    onboarding_completed boolean, interests jsonb, created_at timestamp, updated_at timestamp""",
    unique=(("referral_code",),),
    changes=("is_active",),
)
LOGS = _table(
    "user_activity_logs",
    """id integer!, user_id varchar, action varchar!, feature varchar!, details jsonb, ip_address varchar,
    user_agent text, session_id varchar, created_at timestamp""",
    event_time="created_at",
)
COUNTERS = (
    *("sessions_created", "sessions_viewed", "sessions_edited", "sessions_deleted", "sessions_shared"),
    *("sessions_favorited", "smart_captions_generated", "custom_captions_generated"),
    *("caption_theme_1", "caption_theme_2", "caption_theme_3", "caption_theme_4", "caption_theme_5"),
    *("studio_images_created", "studio_remixes_created"),
    *("studio_layouts_side_by_side", "studio_layouts_top_bottom"),
    *("media_uploaded", "media_deleted", "media_shared", "media_downloaded", "bulk_downloads"),
    *("login_count", "pages_viewed", "api_calls_total", "time_spent_minutes"),
)
STATS = _table(
    "user_usage_stats",
    f"""id integer!, user_id varchar, {" integer, ".join(COUNTERS)} integer,
    first_activity_at timestamp, last_activity_at timestamp, updated_at timestamp""",
    unique=(("user_id",),),
    changes=(*COUNTERS, "last_activity_at", "updated_at"),
)
SESSIONS = _table(
    "content_sessions",
    """id integer!, user_id varchar, title text, subreddits text[], category_id integer, category_source varchar,
    interval_min integer, interval_max integer, transition varchar, caption_theme varchar, ai_prompt text,
    is_public boolean, share_to_community boolean, is_favorite boolean, is_manual_mode boolean, is_imported boolean,
    import_source varchar, share_code uuid, created_at timestamp, updated_at timestamp""",
    changes=("transition", "is_public", "share_to_community", "is_favorite", "share_code", "updated_at"),
)
SESSION_MEDIA = _table(
    "session_media",
    """id integer!, session_id integer, type varchar, order integer, caption text, media_url text, thumbnail text,
    source_post text""",
)
MEDIA = _table(
    "user_media",
    """id integer!, user_id varchar, source varchar, media_type varchar, file_size_bytes bigint, original_name text,
    file_url text, is_shared boolean, created_at timestamp, deleted_at timestamp""",
    changes=("is_shared", "deleted_at"),
)
ITEMS = _table(
    "community_items",
    """id integer!, kind varchar, source_id integer, user_id varchar, category_id integer, source varchar,
    like_count integer, is_hidden boolean, created_at timestamp""",
    changes=("like_count", "is_hidden"),
)
LIKES = _table(
    "community_likes",
    "id integer!, user_id varchar, kind varchar, item_id integer, created_at timestamp",
    unique=(("user_id", "kind", "item_id"),),
    event_time="created_at",
)
REFERRALS = _table(
    "referrals",
    """id integer!, referrer_id varchar, referee_id varchar, referral_code varchar, source varchar,
    referrer_credits integer, referee_credits integer, created_at timestamp""",
    unique=(("referee_id",),),
    event_time="created_at",
)
WALLETS = _table(
    "user_credits",
    """user_id varchar!, balance integer, tier varchar, monthly_allocation integer, next_refresh_at timestamp,
    total_earned integer, total_spent integer, updated_at timestamp""",
    key="user_id",
    changes=(
        *("balance", "tier", "monthly_allocation", "next_refresh_at"),
        *("total_earned", "total_spent", "updated_at"),
    ),
)
LEDGER = _table(
    "credit_transactions",
    """id integer!, user_id varchar, type varchar, amount integer, balance_after integer, feature_key varchar,
    reference_id varchar, created_at timestamp""",
    event_time="created_at",
)
PURCHASES = _table(
    "credit_purchases",
    """id integer!, user_id varchar, package varchar, credits integer, amount_cents integer, currency varchar(8),
    provider varchar, status varchar, external_id varchar, completed_at timestamp, created_at timestamp""",
    event_time="created_at",
    changes=("status", "completed_at"),
)
LOGINS = _table(
    "login_events",
    "id bigint!, user_id varchar, created_at timestamp, method varchar",
    event_time="created_at",
)

TABLES = (
    *(USERS, LOGS, STATS, SESSIONS, SESSION_MEDIA, MEDIA, ITEMS),
    *(LIKES, REFERRALS, WALLETS, LEDGER, PURCHASES, LOGINS),
)

"""The thirteen tables of photobooth, column by column.

Belongs here: names, types, keys and constraints of the operational schema. Does not: what the rows say (the other
modules). `!` after a type means NOT NULL; `= TYPE` is the DuckDB type where PostgreSQL's numeric has no bounds.
"""

from __future__ import annotations

from simulator.schema import Table, columns

PROFILES = Table(
    "profiles",
    columns("""
        id uuid!
        email text
        full_name text
        credits integer
        total_generations integer
        is_master boolean
        role text
        partner_id uuid
        unlocked_packs text[]
        referral_code text
        referred_by uuid
        created_at timestamptz
        updated_at timestamptz
    """),
    unique=(("referral_code",),),
    changes=("credits", "total_generations", "role", "unlocked_packs", "referred_by", "updated_at"),
)

PARTNERS = Table(
    "partners",
    columns("""
        id uuid!
        company_name text
        business_name text
        name text
        contact_name text
        contact_email text
        contact_phone text
        user_id uuid
        credits_total integer
        credits_used integer
        is_active boolean
        config jsonb
        created_at timestamptz
        updated_at timestamptz
    """),
    changes=("credits_total", "credits_used", "is_active", "updated_at"),
)

CLIENTS = Table(
    "clients",
    columns("""
        id uuid!
        partner_id uuid!
        name text!
        email text
        contact_person text
        phone text
        credits_total integer
        credits_used integer
        contracted_styles text[]
        config jsonb
        invitation_sent_at timestamptz
        created_at timestamptz
    """),
    changes=("credits_total", "credits_used", "invitation_sent_at"),
)

EVENTS = Table(
    "events",
    columns("""
        id uuid!
        partner_id uuid
        client_id uuid
        event_name text!
        event_slug text!
        client_name text
        client_email text
        client_access_pin text
        credits_allocated integer
        credits_used integer
        start_date timestamptz
        end_date timestamptz
        selected_styles text[]
        config jsonb
        is_active boolean
        event_type text
        created_at timestamptz
        updated_at timestamptz
    """),
    unique=(("event_slug",),),
    changes=("credits_allocated", "credits_used", "is_active", "updated_at"),
)

GENERATIONS = Table(
    "generations",
    columns("""
        id uuid!
        user_id uuid
        event_id uuid
        style_id text
        model_id text
        image_url text
        prompt text
        aspect_ratio text
        created_at timestamptz
    """),
    event_time="created_at",
)

STYLES = Table(
    "styles_metadata",
    columns("""
        id text!
        label text
        category text
        subcategory text
        image_url text
        tags text[]
        is_premium boolean
        is_active boolean
        usage_count integer
        created_at timestamptz
        updated_at timestamptz
    """),
    changes=("is_active", "updated_at"),
)

WALLET = Table(
    "wallet_transactions",
    columns("""
        id uuid!
        created_at timestamptz
        partner_id uuid!
        amount integer!
        type text
        description text
        master_admin_id uuid
    """),
    event_time="created_at",
)

PAYMENTS = Table(
    "payment_notifications",
    columns("""
        id uuid!
        mercadopago_id text!
        status text
        user_id uuid
        credits_added integer
        amount numeric = DECIMAL(18,2)
        data jsonb
        created_at timestamptz
    """),
    event_time="created_at",
)

FAVORITES = Table(
    "favorites",
    columns("""
        id uuid!
        user_id uuid
        style_id text
        created_at timestamptz
    """),
    unique=(("user_id", "style_id"),),
)

ATTEMPTS = Table(
    "generation_attempts",
    columns("""
        id uuid!
        created_at timestamptz!
        finished_at timestamptz
        event_id uuid
        user_id uuid
        style_id text
        status text!
        error_code text
        latency_ms integer
        credits_charged integer!
        credits_refunded integer!
        generation_id uuid
    """),
    event_time="created_at",
)

LOGS = Table(
    "activity_logs",
    columns("""
        id uuid!
        created_at timestamptz
        partner_id uuid
        event_id uuid
        user_id uuid
        user_email text
        action text
        details jsonb
        api_cost numeric = DECIMAL(18,6)
    """),
    event_time="created_at",
)

CONTRACTS = Table(
    "partner_contracts",
    columns("""
        id uuid!
        partner_id uuid
        monthly_value numeric(12,2)
        currency char(3)
        starts_on date
        ends_on date
        status text
        created_at timestamptz
        updated_at timestamptz
    """),
    changes=("status", "ends_on", "updated_at"),
)

UPTIME = Table(
    "uptime_checks",
    columns("""
        id bigint!
        checked_at timestamptz
        component text
        ok boolean
        latency_ms integer
    """),
    event_time="checked_at",
)

TABLES = (
    PROFILES,
    PARTNERS,
    CLIENTS,
    EVENTS,
    GENERATIONS,
    STYLES,
    WALLET,
    PAYMENTS,
    FAVORITES,
    ATTEMPTS,
    LOGS,
    CONTRACTS,
    UPTIME,
)

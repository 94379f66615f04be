"""The numbers of the custom_gpt world: how many, how often, how much.

Belongs here: every rate, share, price and date that shapes the demo data. Does not: code that uses them.
Counts are those of scale 1, which aims at about a thousand users after two years. Spans are (lowest, highest).
"""

from __future__ import annotations

from datetime import date

WORLD_DAYS = 750  # growth reaches its full height this many days after the world begins

# --- when the product was mended ------------------------------------------------------------------
CONVERSATIONS_SINCE = date(2025, 1, 15)  # until then chats were written to a file and the table stayed empty
REQUEST_COLUMNS_SINCE = date(2025, 9, 1)  # usage_records names request, endpoint, status and latency
NULL_LIMITS_SINCE = date(2026, 1, 10)  # the second schema version writes NULL for unlimited, the first one -1
INVOICES_SINCE = date(2026, 10, 10)  # nothing wrote the table before

# --- people --------------------------------------------------------------------------------------
FOUNDING_USERS = 15
SIGNUPS_PER_DAY = (0.6, 2.1)  # at the start, at full height
OAUTH = {None: 0.62, "google": 0.26, "github": 0.12}
VERIFIED_SHARE = 0.8
NULL_ACTIVE_SHARE = 0.05
DOUBLE_SUBSCRIPTION_SHARE = 0.015  # two requests of one sign-up: one row per user isn't enforced
DEACTIVATED_SHARE = 0.02
DEACTIVATED_AFTER = (20, 300)
DELETED_SHARE = 0.05
DELETED_AFTER = (4, 250)
WRONG_PASSWORD_SHARE = 0.06  # of visits
GUESSING_PER_DAY = 0.04  # somebody tries passwords until the account is locked
GUESSES = (5, 9)
LOCKED_MINUTES = 30

# --- plans ---------------------------------------------------------------------------------------
UNLIMITED = -1
PLANS = {  # tokens a month, models, training hours a month
    "free": (10_000, 3, 1.0),
    "individual": (100_000, 10, 5.0),
    "professional": (1_000_000, 50, 25.0),
    "enterprise": (UNLIMITED, UNLIMITED, float(UNLIMITED)),
}
PRICE_CENTS = {"individual": 1_999, "professional": 9_999, "enterprise": 49_999}
PERIOD_DAYS = 30
UPGRADES = {None: 0.80, "individual": 0.13, "professional": 0.05, "enterprise": 0.02}  # what a user will pay for
UPGRADED_AFTER = (1, 90)
CHANGED_SHARE = 0.30  # of payers: another tier later
CHANGED_AFTER = (45, 200)  # days after the upgrade, as all below
CANCELLED_SHARE = 0.40
CANCELLED_AFTER = (30, 400)
RESUMED_SHARE = 0.25  # of those who cancelled
RESUMED_AFTER = (15, 80)
PAST_DUE_SHARE = 0.2
PAST_DUE_AFTER = (60, 250)
PAST_DUE_ENDS = {"pay what was missed": 0.4, "give up collecting": 0.35, None: 0.25}
PAST_DUE_ENDS_AFTER = (3, 10)
STALE_TIER_SHARE = 0.5  # of plan changes that forget the copy in users
CARDS = {"visa": 0.55, "mastercard": 0.3, "amex": 0.15}
INVOICE_ENDS = {"paid": 0.85, "late": 0.07, "failed": 0.03, "void": 0.05}
PAID_AFTER = (1, 3)
FAILED_AFTER = (4, 6)
PAID_LATE_AFTER = (12, 35)

# --- chats ---------------------------------------------------------------------------------------
VISITS_PER_DAY = (0.0055, 1.3)  # median and spread (log-normal) of a user's visits per day
TIER_VISITS = {"free": 1.0, "individual": 2.0, "professional": 3.0, "enterprise": 3.5}
LIFE_DAYS = (70, 1.2)  # median and spread of the days a user who doesn't pay keeps coming
FIRST_WEEK_BOOST = 3.0
FIRST_DAY_SHARE = 0.6
WEEKDAY_USE = (1.1, 1.2, 1.2, 1.15, 1.0, 0.6, 0.55)  # Monday first
MORE_CHATS_PER_VISIT = 2.2
WORDS = (28, 0.9, 400)  # median, spread and maximum of a message
TOKENS_PER_WORD = 2
CHAT_SECONDS = 0.5  # what every chat books, however long it takes
LATENCY_MS = {"POST /api/chat": (900, 0.55), "POST /api/inference": (450, 0.5)}
USUAL_LATENCY_MS = (60, 0.45)
INFERENCES_PER_VISIT = 1.0  # of users who may use the API
RETRIED_SHARE = 0.015  # a client sends the same request again: two records, one request id
LOST_COUNT_SHARE = 0.015  # two calls at once: one isn't counted in the subscription
OWN_MODEL_SHARE = 0.65  # of the chats of somebody who has a model
PUBLIC_MODEL_SHARE = 0.15
RATED_SHARE = 0.025
RATED_AGAIN_SHARE = 0.12
RATINGS = {1: 0.07, 2: 0.08, 3: 0.15, 4: 0.33, 5: 0.37}
LATE_SHARE = 0.06
LATE_HOURS = (0.5, 30.0)
VERY_LATE_SHARE = 0.008
VERY_LATE_DAYS = (3, 6)

# --- models and training -------------------------------------------------------------------------
UPLOADERS_SHARE = 0.3  # of payers
UPLOADED_AFTER = (1, 60)
PLAIN_MODEL_SHARE = {"free": 0.03, "paid": 0.3}  # of users: a model without training, as a base with instructions
PLAIN_MODEL_AFTER = (2, 80)
MODEL_DELETED_SHARE = 0.3
MODEL_DELETED_AFTER = (20, 200)
FORMATS = {"json": 0.3, "csv": 0.35, "txt": 0.2, "parquet": 0.15}
DATASET_FAILS_SHARE = 0.15
SECOND_TRAINING_SHARE = 0.6
TRAINED_AFTER = (2, 4)
TRAINED_AGAIN_AFTER = (6, 40)
BASE_MODELS = {"llama-3-8b": 0.5, "mistral-7b": 0.3, "phi-3-mini": 0.2}
TRAINING_ENDS = {"completed": 0.66, "failed": 0.22, "cancelled": 0.12}
GPU_HOURS = (1.6, 0.7)
GPU_HOUR_USD = 2.35

# --- operations ----------------------------------------------------------------------------------
CHECK_MINUTES = 30
OUTAGE_DAY_SHARE = 0.03
OUTAGE_MINUTES = (40, 200)
ERROR_SHARE = 0.006
OUTAGE_ERROR_SHARE = 0.7
RATE_LIMITED_SHARE = 0.02  # of API calls

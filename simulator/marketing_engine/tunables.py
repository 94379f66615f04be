"""The numbers of the marketing_engine world: how many, how often, how much.

Belongs here: every rate, share, price and date that shapes the demo data. Does not: code that uses them.
Counts are those of scale 1: about a thousand users after two years. Calls are fewer than a real platform of that size would
make, their proportions to each other are not.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

WORLD_DAYS = 750  # growth reaches its full height this many days after the world begins, and stays flat after it

# --- people --------------------------------------------------------------------------------------
FOUNDING_USERS = 25
SIGNUPS_PER_DAY = (0.5, 2.6)  # at the start, at full height
WEEKDAY_USE = (1.15, 1.2, 1.2, 1.15, 1.05, 0.6, 0.65)  # Monday first: work
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 10, 12, 12, 11, 9, 7, 6, 5, 4, 3, 2)  # UTC
DELETED_ACCOUNT_SHARE = 0.05
DELETED_ACCOUNT_AGE = (5, 300)
HABITS = {"never": 0.10, "heavy": 0.08, "normal": 0.82}
SESSIONS_PER_DAY = {"heavy": (0.34, 0.35), "normal": (0.04, 0.9)}  # median and spread (log-normal)
ACTIVE_LIFE_DAYS = {"heavy": (270, 0.7), "normal": (80, 1.1)}
FIRST_WEEK_BOOST = 3.0  # and everybody who comes at all comes on the day after they signed up
SIGN_IN_SHARE = 0.3  # of sessions; the others still hold a token
OTHER_ACTIONS_PER_SESSION = {
    "user_signed_out": 0.05,
    "profile_updated": 0.02,
    "password_reset_requested": 0.01,
    "password_changed": 0.008,
    "avatar_uploaded": 0.008,
    "email_changed": 0.004,
    "session_revoked": 0.004,
}
ANONYMOUS_SESSIONS_PER_DAY = 2.0
LEFT_OPEN_SHARE = 0.05  # sessions that end after midnight
NEVER_ENDED_SHARE = 0.2  # of those: the browser died
COUNTRIES = {"US": 0.4, "DE": 0.15, "GB": 0.14, "BR": 0.11, "IN": 0.1, "ES": 0.06, "JP": 0.04}
UTM = {None: 0.6, ("google", "cpc"): 0.2, ("newsletter", "email"): 0.12, ("facebook", "social"): 0.08}
AGENTS = {  # browser|version|os|device|user agent: weight
    "Chrome|131.0|Windows|desktop|Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36": 0.45,
    "Safari|18.1|macOS|desktop|Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) Version/18.1 Safari/605.1": 0.20,
    "Firefox|133.0|Linux|desktop|Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0": 0.10,
    "Safari|18.1|iOS|mobile|Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) Version/18.1 Mobile/15E Safari/604": 0.15,
    "Edge|131.0|Windows|desktop|Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0": 0.10,
}

# --- plans ---------------------------------------------------------------------------------------
NO_SUBSCRIPTION_SHARE = 0.012
DEMO_DAYS = 365
UNTOUCHED = 999_999
LIMITS: dict[str, tuple[int | None, ...]] = {  # content, images, video, chat; NULL = no limit, 0 = not allowed
    "demo": (UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED),
    "free": (8, 4, 0, 8),
    "starter": (60, 20, 4, 60),
    "pro": (30, 12, 2, None),
    "enterprise": (None, None, None, None),
    "custom": (80, 0, 0, None),
}
COST_LIMITS = {"free": Decimal("0.50"), "starter": Decimal("25.00"), "pro": Decimal("2.00")}
LABELS = {  # free text: several people named the same plan
    "demo": ("Demo",),
    "free": ("Free", "Free forever"),
    "starter": ("Growth", "Starter Plan"),
    "pro": ("Pro", "Pro Plan (2025)", "PRO"),
    "enterprise": ("Enterprise",),
    "custom": ("Agency deal", "Custom"),
}
PRICES = {  # USD for a month, for a year
    "pro": (Decimal("29.00"), Decimal("276.00")),
    "starter": (Decimal("79.00"), Decimal("708.00")),
    "custom": (Decimal("149.00"), Decimal("1490.00")),
    "enterprise": (Decimal("499.00"), Decimal("4990.00")),
}
AFTER_DEMO = {"free": 0.42, "pro": 0.27, "starter": 0.13, "enterprise": 0.02, "custom": 0.03, None: 0.13}  # None: stays
LEAVES_DEMO_AGE = (7, 30)
UPGRADE_SHARE = 0.12  # pro to starter, or free to pro
UPGRADE_AGE = (50, 260)
CANCEL_SHARE = 0.45  # switches auto_renew off
CANCEL_AGE = (40, 500)
YEARLY_SHARE = 0.2
FAILED_PAYMENT_SHARE = 0.05
RETRIED_PAYMENT_SHARE = 0.7  # succeeds some hours later
REFUNDED_SHARE = 0.025
REFUND_AGE = (2, 35)
RESET_JOB_DAY = (1, 4)  # the first reset job of a month ran on one of these days
RESET_AT_PERIOD_END = date(2025, 12, 1)  # since then counters return to 0 with the billing period instead
TOOLS_COUNT_AS_CONTENT_UNTIL = date(2025, 9, 1)

# --- calls ---------------------------------------------------------------------------------------
CALLS_PER_SESSION = 1.35  # more than none
NO_CALL_SHARE = 0.12
GIVES_UP_SHARE = 0.75  # of those who have used up their limit: they see it and do not try
SERVICES = {
    "content": 0.42,
    "chat": 0.24,
    "images": 0.15,
    "refine": 0.06,
    "tools": 0.05,
    "enhance": 0.04,
    "video": 0.04,
}
TEXT_MODELS = {"gpt-4o-mini": 0.5, "gpt-4o": 0.3, "gpt-5": 0.2}
TEXT_USD_PER_MILLION = {  # input, output
    "gpt-5": (Decimal("2.50"), Decimal("10.00")),
    "gpt-4o": (Decimal("0.25"), Decimal("1.00")),
    "gpt-4o-mini": (Decimal("0.15"), Decimal("0.60")),
}
IMAGE_USD = {  # (provider, model): USD for an image
    ("openai", "gpt-image-1"): Decimal("0.08"),
    ("flux", "flux-pro"): Decimal("0.05"),
    ("stability", "sd3-large"): Decimal("0.035"),
    ("ideogram", "ideogram-v3"): Decimal("0.12"),
}
VIDEO_USD_PER_SECOND = {("runway", "gen-4"): Decimal("0.05"), ("luma", "ray-2"): Decimal("0.02")}
LATENCY_MS = {"images": (9000, 0.5), "video": (55000, 0.4)}  # median and spread
TEXT_LATENCY_MS = (2300, 0.6)
ERROR_SHARE = 0.035
NEW_GATEWAY = date(2026, 3, 1)  # since then it also writes rate_limited, timeout and cancelled
TIMEOUT_SHARE = 0.006
CANCELLED_SHARE = 0.006
RETRY_CHANCE = 0.65  # the client sends a failed call again, under the same request_id
CAMPAIGN_SHARE = 0.45  # of the calls of users who have campaigns
FEEDBACK_SHARE = 0.04
OUTCOME_SHARE = 0.05
OUTCOME_AGE = (1, 13)
REACTION_SHARE = 0.08  # calls that are rated, downloaded or shared in the days after
REACTION_AGE = (1, 6)
PAGE_METRICS = {"FCP": (900, 0.4), "LCP": (1700, 0.4), "TTFB": (220, 0.5), "CLS": (0.06, 0.8), "FID": (18, 0.6)}
METRICS_PER_SESSION = 1.0  # beyond one
JS_ERROR_SHARE = 0.02

# --- limits --------------------------------------------------------------------------------------
SEVERITIES = ((Decimal(1), "critical"), (Decimal("0.9"), "warning"), (Decimal("0.8"), "info"))
RESOLVED_SHARE = 0.8
RESOLVED_AGE = (1, 28)
ALERTS_OFF_SHARE = 0.1
WINDOWS = {
    "content": ("hour", 5),
    "chat": ("minute", 1),
    "images": ("day", 4),
    "video": ("month", 30),
}  # largest number
WINDOW_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "month": 30 * 86400}

# --- campaigns and media plans -------------------------------------------------------------------
CAMPAIGNS_PER_SESSION = 0.05
CAMPAIGN_COUNTER_MISSED_SHARE = 0.06
CAMPAIGN_DELETED_SHARE = 0.15
CAMPAIGN_DELETED_AGE = (10, 200)
CAMPAIGN_STEPS = ((1, "active"), (25, "paused"), (40, "active"), (70, "completed"), (160, "archived"))
CAMPAIGN_STEP_SHARE = 0.7
TAGS = ("spring", "launch", "b2b", "retention", "brand", "promo")
PLANS_PER_SESSION = 0.012
PLAN_REVISED_SHARE = 0.4
PLAN_REVISED_AGE = (2, 40)
PLAN_DELETED_SHARE = 0.15
PLAN_DELETED_AGE = (5, 120)
PLAN_PLATFORMS = ("FACEBOOK", "INSTAGRAM", "GOOGLE_SEARCH", "GOOGLE_DISPLAY", "YOUTUBE", "TIKTOK", "LINKEDIN")
GOALS = ("LEADS", "TRAFFIC", "BRAND", "SALES")

# --- late rows and totals ------------------------------------------------------------------------
LATE_SHARE = 0.03  # rows that become visible some time after their created_at
LATE_HOURS = (0.2, 26)
VERY_LATE_SHARE = 0.002
VERY_LATE_DAYS = (2, 6)
TOTALS_KEPT_DAYS = 35
TOTALS_JOB_SECONDS_BEFORE_MIDNIGHT = 120
RECOMPUTED_SHARE = 0.4  # of the totals that a late call belongs to; the others stay as they were

"""The numbers of the photobooth world: how many, how often, how much.

Belongs here: every rate, share, price and date that shapes the demo data. Does not: code that uses them.
Counts are those of scale 1, which aims at a small platform two years old.
"""

from __future__ import annotations

from datetime import date

WORLD_DAYS = 750  # growth curves reach their full height this many days after the world begins, and stay flat after it

# --- people --------------------------------------------------------------------------------------
FOUNDING_USERS = 25
SIGNUPS_PER_DAY = (0.5, 2.6)  # at the start, at full height
WEEKDAY_USE = (0.85, 0.80, 0.85, 0.95, 1.25, 1.40, 1.15)  # Monday first
STARTING_GRANTS = (  # (from day, credits a new account is given): versions of the app differed
    (date(2024, 11, 1), 0),
    (date(2024, 11, 15), 5),
    (date(2024, 12, 5), 500),
    (date(2026, 2, 1), 5),
    (date(2026, 6, 1), 500),
)
NULL_ROLE_SHARE = 0.12
REFERRED_SHARE = 0.10
SESSIONS_PER_DAY = (0.030, 1.1)  # median and spread (log-normal) of a user's sessions per day
ACTIVE_LIFE_DAYS = (45, 1.2)  # median and spread of the days a user keeps coming
FIRST_WEEK_BOOST = 5.0
PAYER_SHARE = 0.40
DELETED_ACCOUNT_SHARE = 0.04
DELETED_ACCOUNT_AGE = (3, 200)
FAVORITES_PER_SESSION = 0.22
FAVORITE_REMOVED_SHARE = 0.25
FAVORITE_LIFE = (1, 150)

# --- direct photos and payments ------------------------------------------------------------------
DIRECT_PHOTO_CREDITS = 100
PREMIUM_PACK_CREDITS = 3000
PREMIUM_UNLOCK_CHANCE = 0.35  # per session of a user who can afford it
PACKS = {(500, 4000): 0.45, (1100, 8000): 0.28, (1500, 10000): 0.17, (3000, 20000): 0.10}  # (credits, ARS): weight
PROMOTED_PACK = 1100  # credits
PROMOTIONS = (
    ((5, 20), (6, 5), 6400),
    ((10, 25), (11, 10), 6000),
)  # every year (first day, last day, ARS): the pack for less
BUY_CHANCE = 0.55  # per session of a payer who is out of credits
PAYMENT_METHODS = {"account_money": 0.5, "visa": 0.25, "master": 0.15, "rapipago": 0.1}
DUPLICATE_NOTIFICATION_SHARE = 0.025
TIMEOUT_REFUND_LOST = 0.5  # a lost connection is not refunded
LOST_WRITE_SHARE = 0.004  # two writes of a balance at once: one deduction is lost
COUNTER_MISSED_SHARE = 0.03  # the app closed before it raised total_generations

# --- partners ------------------------------------------------------------------------------------
FOUNDING_PARTNERS = 8
PARTNERS_AT_FULL_HEIGHT = 82  # arrivals, of which some are refused or stay virtual
PARTNER_GROWTH_POWER = 2.8
APPROVAL_DAYS = (2, 20)
REFUSED_SHARE = 0.06
VIRTUAL_SHARE = 0.08
# One tier per partner by its rank, so that every segment exists even in a tiny world.
TIERS = (
    *("active", "occasional", "power", "occasional", "closing", "active", "fading", "occasional", "active"),
    *("occasional", "occasional", "active", "occasional", "active", "closing", "occasional", "active", "fading"),
    *("occasional", "active"),
)
EVENTS_PER_MONTH = {"power": 14.0, "active": 3.9, "occasional": 0.9, "fading": 2.2, "closing": 2.2, "virtual": 0.8}
EVENT_RAMP = (0.5, 330)  # a newcomer starts at this share of its rate and takes so many days to reach it
BUDGET_FACTOR = {"power": 1.0, "active": 1.35, "occasional": 1.9, "fading": 1.6, "closing": 1.6, "virtual": 1.5}
ACTIVE_DAYS = {  # days until a partner books no more (fading) or is switched off (closing); None = stays
    "power": None,
    "active": None,
    "occasional": None,
    "fading": (25, 160),
    "closing": (35, 300),
    "virtual": None,
}
INITIAL_CREDITS = (100, 200, 300)
TOP_UPS = (50, 100, 150, 200, 300, 500, 1000)
WALLET_EXTRAS_PER_MONTH = {"refund": 0.2, "usage": 0.4, "adjustment": 0.3, "top-up": 0.5}
UNSIGNED_ADJUSTMENT_SHARE = 0.2
TOP_UP_PAID_ONLINE_SHARE = 0.15  # leaves a payment notification that carries the partner's id and credits nobody
CREDIT_PRICE_ARS = 7
CLIENTS_PER_PARTNER = (3, 5)
MISTAKEN_CLIENT_SHARE = 0.05  # entered twice; removed after some days, never used
CONTRACT_SHARE = 0.55
CONTRACT_AGE = (10, 60)
CONTRACT_MONTHS = (6, 12)
SECOND_CONTRACT_SHARE = 0.25  # of those with a contract: another one beside it, in the other currency
SECOND_CONTRACT_AGE = (90, 240)
CONTRACT_VALUES = {"ARS": (30000, 60000, 90000), "USD": (49, 99, 149)}

# --- events and their photos ---------------------------------------------------------------------
SEASON = (0.85, 0.85, 1.0, 1.0, 0.9, 0.85, 0.9, 0.95, 1.05, 1.15, 1.25, 1.25)  # January first; southern summer
EVENT_TYPES = {"wedding": 0.24, "corporate": 0.22, "birthday_15": 0.22, "party": 0.24, "other": 0.08}
PHOTOS_PER_EVENT = {"wedding": 34, "corporate": 24, "birthday_15": 29, "party": 18, "other": 14}  # median
PHOTOS_SPREAD = 0.55
LEAD_DAYS = (1, 18)
PLATFORM_EVENTS_PER_MONTH = 0.8
LINKED_TO_CLIENT_SHARE = 0.4
NO_DATES_SHARE = 0.15
NO_DATES_TAIL_SHARE = 0.15  # of an event without an end, photos that come in the days after
DELETED_EVENT_SHARE = 0.06
DELETED_EVENT_AGE = (3, 60)
SWITCHED_OFF_SHARE = 0.3
EVENT_TOP_UP_CHANCE = 0.35
HOST_PHOTO_SHARE = 0.002  # a signed-in partner tries its own event: user_id and event_id are both set

# --- photos of both lines ------------------------------------------------------------------------
FAILURES = {"E_PROVIDER": 0.45, "E_CONTENT": 0.3, "E_UPLOAD": 0.25}
FAILED_SHARE = 0.024
TIMEOUT_SHARE = 0.008
RETRY_CHANCE = 0.7
LATENCY_MS = (1750, 0.40)
MODEL_ID_SHARE = 0.14  # writers that fill model_id instead of style_id
BOTH_IDS_SHARE = 0.02
FORGOTTEN_STYLE_SHARE = 0.003  # a style that the catalogue no longer has
FORGOTTEN_STYLE = "retro_pop_old"
DELETED_PHOTO_SHARE = 0.02
DISLIKED_STYLE_SHARE = 0.06  # styles whose photos people don't keep
DISLIKED_DELETED_SHARE = 0.25
DELETED_PHOTO_AGE = (1, 20)
ASPECT_RATIOS = {"9:16": 0.5, "1:1": 0.25, "4:5": 0.15, "16:9": 0.1}

# --- late rows -----------------------------------------------------------------------------------
LATE_SHARE = 0.04  # a row that becomes visible some time after its created_at
LATE_HOURS = (0.2, 26)
VERY_LATE_SHARE = 0.001
VERY_LATE_DAYS = (3, 6)

# --- styles --------------------------------------------------------------------------------------
CATEGORIES = ("cinema", "series", "fantasy", "urban", "sports")
STYLES_AT_START = 50
STYLE_EVERY_DAYS = 24  # a new style
CATEGORY_SWITCHED_OFF = ("sports", 40)  # the switch row of a category goes inactive after so many days
INACTIVE_SUBCATEGORY = "retro"  # a switch row that is inactive from the start

# --- operations ----------------------------------------------------------------------------------
COMPONENTS = {"api": 180, "database": 25, "storage": 60, "ai_service": 900}  # component: usual latency in ms
CHECK_MINUTES = 60  # between two checks of a component, at scale 1
OUTAGE_DAY_SHARE = 0.04  # one component is mostly down for some hours
OUTAGE_MINUTES = 240
DOWN_SHARE = 0.0005
DOWN_SHARE_IN_OUTAGE = 0.6
OUTAGES_THAT_SPOIL_PHOTOS = ("api", "ai_service")
FAILED_SHARE_IN_OUTAGE = 0.5
API_CALL_USD = "0.12"
LOGINS_PER_SESSION = 0.6
PARTNER_LOGINS_PER_DAY = 0.12
FAILED_LOGIN_SHARE = 0.06
GUESSING_PER_DAY = 0.05  # somebody tries the password of an account again and again
GUESSES = (5, 14)
BACK_OFFICE_PER_DAY = {"export": 0.25, "bulk_delete": 0.03, "api_denied": 0.15}

# --- incidents -----------------------------------------------------------------------------------
INCIDENT_DAY_SHARES = {"provider fails": 0.03, "year prepaid": 0.012}  # of all days
RUSH_ATTEMPTS = 28
RUSH_FAILED_SHARE = 0.35
PREPAID_FROM_ARS = 500_000

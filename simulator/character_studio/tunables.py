"""The numbers of the character_studio world: how many, how often, how much.

Belongs here: every rate, share, price and date that shapes the demo data. Does not: code that uses them.
Counts are those of scale 1: a young product with about a thousand users after two years, most of whom no longer come.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

WORLD_DAYS = 750  # growth reaches its full height this many days after the world begins

# --- people --------------------------------------------------------------------------------------
FOUNDING_USERS = 20
SIGNUPS_PER_DAY = (0.35, 1.4)  # at the start, at full height; those of the funnel come on top
STAFF = 2  # accounts of the team, whose generations bypass the credits
SOURCES = {"direct": 0.55, "referral": 0.25, "ads": 0.2}
SOURCE_SINCE = date(2025, 2, 1)  # earlier accounts have none
COUNTRIES = {"US": 0.35, "DE": 0.15, "BR": 0.15, "GB": 0.1, "IN": 0.1, None: 0.15}
SESSIONS_PER_DAY = (0.10, 0.9)  # median and spread (log-normal) of a user's sessions per day
ACTIVE_DAYS = (20, 1.3)  # median and spread of the days a user keeps coming; payers stay longer
PAYER_STAYS = 7
FIRST_WEEK_BOOST = 3.0
VERIFIED_AT_ONCE, VERIFIED_LATER = 0.6, 0.3
LEAVES_SHARE, LEAVES_AGE = 0.03, (10, 220)
BANNED_SHARE, BANNED_AGE = 0.015, (5, 120)
UNBANNED_SHARE, UNBANNED_AFTER = 0.4, (2, 25)
BROKEN_SETTINGS_SHARE = 0.03
DEVICES = {"mobile": 0.55, "desktop": 0.4, "tablet": 0.05}
UNENDED_SESSION_SHARE = 0.03
LATE_SESSION_SHARE = 0.025  # rows that become visible just after midnight and say that they are older
LATE_SECONDS = (60, 660)

# --- money ---------------------------------------------------------------------------------------
SIGNUP_CREDITS = 500
PAYER_SHARE = 0.34
SUBSCRIBER_SHARE = 0.75  # of payers; the others buy packs
PLANS = {"starter": 0.58, "pro": 0.3, "unlimited": 0.12}
PRICES_USD = {
    "month": {"starter": 29, "pro": 49, "unlimited": 99},
    "year": {"starter": 199, "pro": 349, "unlimited": 699},
}
PERIOD_DAYS = {"month": 30, "year": 365}
YEARLY_SHARE = 0.22
ALLOWANCES = {"starter": 30_000, "pro": 60_000}
PACKS = {  # (credits, USD): weight
    (2_000, Decimal("2.99")): 0.4,
    (8_000, Decimal("9.99")): 0.3,
    (22_000, Decimal("24.99")): 0.17,
    (50_000, Decimal("49.99")): 0.09,
    (110_000, Decimal("99.99")): 0.04,
}
DECIDES_AFTER = (0, 12)  # days until a payer is ready to subscribe
PACK_BELOW, PACK_CHANCE = 300, 0.4  # credits; per session of a payer who takes no plan
SUBSCRIBE_CHANCE = 0.7  # per session of one who is ready
RENEWED_BY_REFRESH = 0.6  # the others by the payment webhook
GRANTED_TWICE_SHARE = 0.06
RENEWAL_FAILS_SHARE = 0.1
PAID_AFTER_ALL_SHARE = 0.75
DUNNING_DAYS = (5, 45)
PLAN_CHANGE_SHARE, PLAN_CHANGE_AGE = 0.3, (15, 240)
SUBSCRIBED_DAYS = (240, 0.9)  # median and spread until a subscriber cancels
CANCELS_AT_PERIOD_END = 0.75
RETURNS_SHARE, RETURNS_AFTER = 0.35, (1, 60)
FORGOTTEN_UPDATE_SHARE = 0.2
AUTHORIZED_SHARE, AUTHORIZED_DAYS = 0.05, (1, 9)
NEVER_SETTLED_SHARE = 0.25  # of the authorized payments
REFUNDED_SHARE, REFUNDED_DAYS = 0.03, (2, 38)
PAYMENT_DAYS = 40

# --- the studio ----------------------------------------------------------------------------------
ACTIONS_PER_SESSION = 0.75  # beyond the first
BROWSING_SHARE = 0.2  # sessions in which nothing is made
NEW_CHARACTER_SHARE = 0.03
DRAFT_SHARE = 0.06
FEATURES = {  # feature: (type of job, images, price in credits, weight)
    "studio_standard": ("image_generation", 1, 15, 0.46),
    "studio_pro": ("image_generation", 1, 40, 0.14),
    "studio_batch": ("image_generation", 4, 50, 0.09),
    "edit_inpaint": ("image_generation", 1, 10, 0.11),
    "upscale": ("image_upscale", 1, 10, 0.08),
    "hd": ("hd_generation", 1, 10, 0.03),
    "profile_set": ("character_sheet_generation", 8, 120, 0.015),
    "profile_set_hq": ("character_sheet_generation", 8, 250, 0.007),
    "character_variants": ("character_generation", 3, 80, 0.02),
    "model_training": ("lora_training", 0, 0, 0.06),
}
BASE_IMAGES, BASE_PRICE = 3, 80
TRAINING_PRICES = (15_000, 25_000, 40_000, 75_000)
TRAINING_INPUT_PRICE = (1_000, 3_000)
TRAINING_LIFE_DAYS = 90
FEATURE_IDS_SINCE = date(2025, 9, 1)  # quality_mode holds draft or hq before it
WAIT_SECONDS, BUSY_SECONDS = (7, 1.0), (18, 0.6)  # median and spread; busy is per image
TRAINING_SECONDS = (2_700, 0.5)
JAM_DAY_SHARE, JAM_FACTOR = 0.03, 90  # the queue stands still now and then
FAILED_SHARE, FAILED_SHARE_IN_JAM = 0.06, 0.2
CANCELLED_SHARE = 0.015
AUTO_RETRY_SHARE, RETRY_SUCCEEDS = 0.35, 0.8
MANUAL_RETRY_SHARE = 0.25  # an administrator starts the job again on the next day
FORGETFUL_RETRY_SHARE = 0.4  # and the tool forgets updated_at
SERVICE_REFUND_SHARE = 0.85
FAILED_IMAGE_SHARE = 0.4
PARTIAL_SHARE = 0.05
ERRORS = {
    "Provider timeout after 300s": 0.35,
    "CUDA out of memory": 0.2,
    "Prompt rejected by safety filter: ": 0.25,
    "Invalid input image": 0.1,
    "Unexpected response 502": 0.1,
}
PROVIDERS = {"runpod": 0.5, "fal": 0.35, "replicate": 0.15}
LIKED_SHARE, IMAGE_DELETED_SHARE, IMAGE_DAYS = 0.22, 0.03, 28
POSTED_SHARE, POST_EXPORTED_SHARE, POST_DELETED_SHARE, POST_DAYS = 0.11, 0.35, 0.07, 40
CHARACTER_DELETED_SHARE, CHARACTER_DELETED_AGE = 0.07, (4, 160)
PURGED_SHARE, PURGED_AFTER = 0.5, 30  # of deleted characters: their rows vanish, jobs stay without character

# --- before the account --------------------------------------------------------------------------
FUNNEL_PER_DAY = (1.5, 7.5)
FUNNEL_STEPS, EMAIL_STEP = 36, 34
QUESTIONS = {"style": 3, "gender": 6, "age_range": 11, "goal": 18, "contact": 34}  # asked at this step
ANSWERS = {
    "style": ("realistic", "anime", "cinematic"),
    "gender": ("female", "male", "other"),
    "age_range": ("18-24", "25-34", "35-44"),
    "goal": ("brand", "fun", "income"),
}
FUNNEL_ALL_THE_WAY = 0.16
FUNNEL_RESUMED_SHARE, FUNNEL_RESUMED_AFTER = 0.12, (1, 5)
FUNNEL_JOINS_SHARE = 0.5
WAITLIST_SHARE = 0.3

# --- back office ---------------------------------------------------------------------------------
ADMIN_ROLES = ("super_admin", "admin", "support", "moderator", "viewer")
ADMIN_LEAVES_AGE = 300
ACTIONS_PER_DAY = {
    "credits_added": 0.35, "credits_adjusted": 0.2, "reset_password": 0.12, "create": 0.08, "update": 0.3,
    "delete": 0.05, "cancel": 0.05,
}  # fmt: skip
REASONS = ("goodwill", "bug_compensation", "campaign", "correction")
QUIET_START = 0.2  # of the reports and requests at full growth
BUGS_PER_DAY, ANONYMOUS_BUG_SHARE = 0.6, 0.25
BUG_STEPS = {"open": ("in_progress", (0, 3)), "in_progress": ("resolved", (1, 9)), "resolved": ("closed", (3, 20))}
BUG_STUCK_SHARE = 0.15
REQUESTS_PER_DAY = 0.3
REQUEST_STEPS = {"pending": (1, 6), "in_review": (1, 10)}
REQUEST_STUCK_SHARE = 0.2
APPROVED_SHARE = 0.45

"""The numbers of the media_vault world: how many, how often, how much.

Belongs here: every rate, share, price and date that shapes the demo data, and the closed lists of its words. Does not:
code that uses them. Counts are those of scale 1: about a thousand users after two years.
"""

from __future__ import annotations

from datetime import date

WORLD_START = date(2024, 11, 1)
WORLD_DAYS = 750  # sign-ups reach their full height this many days after the world begins, and stay there

# --- people --------------------------------------------------------------------------------------
FOUNDING_USERS = 20
SIGNUPS_PER_DAY = (0.5, 2.1)  # at the start, at full height
NUMERIC_IDS_UNTIL = date(2025, 4, 1)  # the first sign-in service gave numbers as ids; they are text all the same
FIRST_DAY_VISIT = 0.65
VISITS_PER_DAY = (0.036, 1.0)  # median and spread (log-normal) of the chance that a user comes on a day
ACTIVE_LIFE_DAYS = (90, 1.2)
CREATOR_SHARE = 0.6
ROLE_UNKNOWN_SHARE = 0.15  # never said whether they create or look
NULL_ACTIVE_SHARE = 0.1
EMAIL_MISSING_SHARE = 0.05  # signed in with a wallet
REFERRED_SHARE = 0.12
REFERRAL_NOT_BOOKED_SHARE = 0.15  # `referred_by` is set, but no row and no reward followed
REFERRAL_SOURCES = {"direct_link": 0.5, "session_share": 0.35, "landing_page": 0.15}
LOGIN_METHODS = {"oauth": 0.6, "password": 0.3, "wallet": 0.1}
ACCOUNT_CHECKED_SHARE = 0.35  # of visits of an administrator

# What lies ahead of a row: (what happens, share of the rows it happens to, days after creation).
AHEAD: dict[str, tuple[tuple[str, float, tuple[int, int]], ...]] = {
    "users": (
        ("upgrade", 0.28, (2, 120)),
        ("downgrade", 0.07, (150, 420)),
        ("deactivate", 0.04, (20, 400)),
        ("erase", 0.05, (5, 300)),
    ),
    "content_sessions": (("delete session", 0.15, (2, 200)),),
    "user_media": (("delete media", 0.12, (1, 120)),),
    "community_items": (("hide item", 0.06, (1, 20)),),
    "community_likes": (("unlike", 0.1, (1, 60)),),
    "credit_purchases": (("settle purchase", 1.0, (1, 6)), ("refund purchase", 0.07, (1, 6))),
}

# --- credits -------------------------------------------------------------------------------------
ALLOWANCES = {"free": 50, "tier_1": 1000, "tier_2": 2500, "tier_3": 5000}
PAID_TIERS = {"tier_1": 0.62, "tier_2": 0.26, "tier_3": 0.12}
SIGNUP_BONUS = 50
REFERRER_REWARD, REFEREE_REWARD = 10, 25
DAILY_BONUS = {"free": 1, "tier_1": 5, "tier_2": 10, "tier_3": 20}
LAPSE_BOOKED_SINCE = date(2026, 3, 1)  # before it, a reset only said what the balance is afterwards
PRICES = {"smart_caption": 10, "studio_generate": 20}
SESSION_PRICES = ((date(2024, 11, 1), 5), (date(2025, 9, 1), 10))  # priced by configuration, which changed
FAILED_SHARE = 0.03  # generated captions and images that fail and are refunded
UNBOOKED_SPENDING_SHARE = 0.004  # the balance is lowered, the ledger row is lost
PACKS = {"starter": (250, 1499), "pro": (1000, 4999), "power": (2500, 9999)}  # credits, list price in US cents
PACK_WEIGHTS = {"starter": 0.6, "pro": 0.3, "power": 0.1}
BUY_CHANCE = 0.35  # per visit of a paying tier
APPETITE = {"free": 1, "tier_1": 5, "tier_2": 9, "tier_3": 14}  # captions or images made in one go
PROVIDERS = {"crypto_gateway": 0.5, "platform_stars": 0.35, "web3": 0.15}
CURRENCIES = {"crypto_gateway": "USD", "platform_stars": "XTR", "web3": "USDT"}
CENTS_PER_STAR = 1.3  # stars are a currency of their own, stored in the column for cents
PAID_AT_ONCE_SHARE, FAILED_AT_ONCE_SHARE = 0.78, 0.08  # the others wait for the network
PAID_LATER_SHARE = 0.6
GRANT_CHANCE = {"admin_grant": 0.02, "admin_revoke": 0.01}  # per visit of an administrator
GRANT_AMOUNTS = (50, 100, 200)

# --- what people do ------------------------------------------------------------------------------
DEEDS_PER_VISIT = 2.2
DEEDS: dict[str, tuple[float, float]] = {  # weights for (creators, lookers)
    "create session": (4, 1),
    "with a session": (26, 34),
    "caption": (14, 4),
    "write a caption": (5, 1),
    "compose": (9, 2),
    "upload": (14, 5),
    "download": (6, 10),
    "share media": (4, 1),
    "like": (12, 30),
}
WITH_SESSION = {
    "session_viewed": 0.6,
    "session_edited": 0.12,
    "session_favorited": 0.09,
    "session_shared": 0.1,
    "session_refreshed": 0.09,
}
ANONYMOUS_LOOKS_PER_DAY = 1.2  # at sessions shared by link, at full height
MEDIA_PER_SESSION = (15, 40)
THEMES = {"theme_1": 0.28, "theme_2": 0.22, "theme_3": 0.16, "theme_4": 0.12, "theme_5": 0.08, "custom": 0.14}
LAYOUTS = {"side_by_side": 0.55, "top_bottom": 0.35, None: 0.1}
TRANSITIONS = {"fade": 0.4, "slide": 0.25, "zoom": 0.15, "flip": 0.05, "none": 0.15}
IMPORTED_SHARE = 0.1
CATEGORIES = 8
TO_COMMUNITY_SHARE = 0.6  # of shared sessions
POPULAR = 120  # likes go to the newest items, so many of them
HARD_DELETED_MEDIA_SHARE = 0.6  # the others keep their row with a deletion time

# --- tracking ------------------------------------------------------------------------------------
ACTIONS: dict[str, tuple[str, str | None]] = {  # action: (feature, its counter)
    "session_created": ("sessions", "sessions_created"),
    "session_viewed": ("sessions", "sessions_viewed"),
    "session_edited": ("sessions", "sessions_edited"),
    "session_deleted": ("sessions", "sessions_deleted"),
    "session_shared": ("sessions", "sessions_shared"),
    "session_favorited": ("sessions", "sessions_favorited"),
    "session_refreshed": ("sessions", None),
    "smart_caption_generated": ("smart_captions", "smart_captions_generated"),
    "custom_caption_created": ("smart_captions", "custom_captions_generated"),
    "caption_regenerated": ("smart_captions", None),
    "theme_selected": ("smart_captions", None),
    "studio_created": ("studio", "studio_images_created"),
    "studio_remix": ("studio", "studio_remixes_created"),
    "layout_detected": ("studio", None),
    "media_uploaded": ("media_gallery", "media_uploaded"),
    "media_deleted": ("media_gallery", "media_deleted"),
    "media_shared": ("media_gallery", "media_shared"),
    "media_downloaded": ("media_gallery", "media_downloaded"),
    "bulk_download": ("media_gallery", "bulk_downloads"),
    "analytics_viewed": ("admin", None),
    "user_updated": ("admin", None),
    "user_role_updated": ("admin", None),
    "user_deleted": ("admin", None),
    "settings_updated": ("admin", None),
    "audit_logs_viewed": ("admin", None),
}
DOUBLE_SHARE = 0.03  # tracked twice within two seconds
COUNTER_LOST_SHARE = 0.02  # the log row is written, the counter is not
LIKE_COUNTER_LOST_SHARE = 0.03
ADDRESS_KNOWN_SHARE = 0.3
LATE_SHARE, LATE_HOURS = 0.03, (0.2, 26)  # log rows that become visible some time after their created_at
VERY_LATE_SHARE, VERY_LATE_DAYS = 0.001, (3, 6)
LOG_RETENTION_DAYS = 400

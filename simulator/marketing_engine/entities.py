"""What marketing_engine remembers: the rows of its small tables, as objects.

Belongs here: one class per table that is kept in memory, fields in column order. Does not: the large append tables,
or what happens to an entity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class User:
    id: str
    email: str | None
    raw_user_meta_data: str | None
    created_at: datetime
    last_sign_in_at: datetime | None


@dataclass(slots=True)
class Subscription:
    id: str
    user_id: str
    plan_type: str
    plan_name: str
    stripe_customer_id: str | None
    stripe_subscription_id: str | None
    billing_period_start: datetime
    billing_period_end: datetime
    content_generations_limit: int | None
    image_generations_limit: int | None
    video_generations_limit: int | None
    chat_messages_limit: int | None
    content_generations_used: int
    image_generations_used: int
    video_generations_used: int
    chat_messages_used: int
    monthly_cost_limit: Decimal | None
    current_month_cost: Decimal
    lifetime_cost: Decimal
    is_active: bool | None
    auto_renew: bool | None
    usage_alerts_enabled: bool | None
    created_at: datetime
    updated_at: datetime
    last_reset_at: datetime | None


@dataclass(slots=True)
class RateLimit:
    id: str
    user_id: str
    service_type: str
    window_type: str
    max_requests: int
    current_requests: int
    window_start: datetime
    window_end: datetime
    is_blocked: bool
    blocked_until: datetime | None
    blocked_reason: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Campaign:
    id: str
    user_id: str
    name: str
    description: str | None
    status: str
    settings: str | None
    tags: list[str] | None
    total_cost: Decimal
    total_generations: int
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Plan:
    id: str
    user_id: str
    name: str
    description: str | None
    status: str
    total_budget: Decimal
    currency: str
    market: str | None
    goal: str
    niche: str | None
    lead_to_sale_percent: Decimal
    revenue_per_sale: Decimal
    campaign_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(slots=True)
class Platform:
    id: str
    media_plan_id: str
    platform: str
    allocation_percent: Decimal
    budget_allocated: Decimal
    estimated_impressions: int
    estimated_reach: int
    estimated_clicks: int
    estimated_leads: int
    estimated_sales: int
    estimated_revenue: Decimal
    calculated_cpl: Decimal | None
    calculated_cpc: Decimal | None
    calculated_cpm: Decimal | None
    calculated_cac: Decimal | None
    calculated_roas: Decimal | None
    updated_at: datetime
    created_at: datetime = _ALWAYS  # the table has no such column, and nothing is drawn along its rows

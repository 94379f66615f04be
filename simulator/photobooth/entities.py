"""What photobooth remembers: the rows of its small tables, as objects.

Belongs here: one class per table that is kept in memory, fields in column order. Does not: the large append tables,
of which nothing needs to be remembered, or what happens to an entity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(slots=True)
class Profile:
    id: str
    email: str | None
    full_name: str | None
    credits: int | None
    total_generations: int | None
    is_master: bool | None
    role: str | None
    partner_id: str | None
    unlocked_packs: list[str] | None
    referral_code: str | None
    referred_by: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(slots=True)
class Partner:
    id: str
    company_name: str | None
    business_name: str | None
    name: str | None
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    user_id: str | None
    credits_total: int | None
    credits_used: int | None
    is_active: bool | None
    config: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(slots=True)
class Client:
    id: str
    partner_id: str
    name: str
    email: str | None
    contact_person: str | None
    phone: str | None
    credits_total: int | None
    credits_used: int | None
    contracted_styles: list[str] | None
    config: str | None
    invitation_sent_at: datetime | None
    created_at: datetime


@dataclass(slots=True)
class Event:
    id: str
    partner_id: str | None
    client_id: str | None
    event_name: str
    event_slug: str
    client_name: str | None
    client_email: str | None
    client_access_pin: str | None
    credits_allocated: int | None
    credits_used: int | None
    start_date: datetime | None
    end_date: datetime | None
    selected_styles: list[str] | None
    config: str | None
    is_active: bool | None
    event_type: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(slots=True)
class Style:
    id: str
    label: str | None
    category: str | None
    subcategory: str | None
    image_url: str | None
    tags: list[str] | None
    is_premium: bool | None
    is_active: bool | None
    usage_count: int | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(slots=True)
class Favorite:
    id: str
    user_id: str
    style_id: str
    created_at: datetime


@dataclass(slots=True)
class Contract:
    id: str
    partner_id: str
    monthly_value: Decimal
    currency: str
    starts_on: date
    ends_on: date | None
    status: str
    created_at: datetime
    updated_at: datetime | None

"""The one place that reads the wall clock; MARTLET_NOW overrides it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestration.errors import WrongUsage


def now() -> datetime:
    """The current instant in UTC, or the one that MARTLET_NOW fixes (ISO 8601, UTC when it names no zone)."""
    fixed = os.environ.get("MARTLET_NOW")
    if not fixed:
        return datetime.now(UTC)
    try:
        instant = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise WrongUsage(f"MARTLET_NOW={fixed!r} is not an ISO 8601 instant such as 2026-11-20T02:00:00Z.") from error
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def last_complete_day(instant: datetime, timezone: str) -> date:
    """The newest reporting day that is over at `instant`."""
    return instant.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)


def end_of_day(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a reporting day ends: its as_of."""
    return start_of_day(day + timedelta(days=1), timezone)


def start_of_day(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which a reporting day begins."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def reporting_day(as_of: datetime, timezone: str) -> date:
    """The reporting day that `as_of` ends."""
    return (as_of - timedelta(microseconds=1)).astimezone(ZoneInfo(timezone)).date()

"""The one place that reads the wall clock; MARTLET_NOW overrides it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestration.errors import WrongUsage


def now() -> datetime:
    """The current instant in UTC, or the one that MARTLET_NOW fixes."""
    return fixed() or datetime.now(UTC)


def fixed() -> datetime | None:
    """The instant of MARTLET_NOW (ISO 8601, UTC when it names no zone), if it is set."""
    text = os.environ.get("MARTLET_NOW")
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUsage(f"MARTLET_NOW={text!r} is not an ISO 8601 instant such as 2026-11-20T02:00:00Z.") from error
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

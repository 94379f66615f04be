"""What one run is about: its days, its as_of, and whether it is a nightly or a backfill.

Belongs here: pure decisions over dates. Does not: Dagster (assets/), reading the clock (clock.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from orchestration.clock import end_of_day, reporting_day, start_of_day

Mode = Literal["nightly", "backfill"]


@dataclass(frozen=True)
class RunPlan:
    """The days [first_day, last_day] of a run and the instant its numbers are valid for."""

    mode: Mode
    first_day: date
    last_day: date
    as_of: datetime
    timezone: str

    @property
    def range(self) -> tuple[date, date, datetime, datetime] | None:
        """The days and instants that a backfill reads again; None for a nightly."""
        if self.mode == "nightly":
            return None
        start = start_of_day(self.first_day, self.timezone)
        return self.first_day, self.last_day, start, end_of_day(self.last_day, self.timezone)

    @property
    def hint(self) -> str:
        """The command that repeats this run."""
        if self.mode == "nightly":
            return f"martlet nightly --date {self.last_day}"
        return f"martlet backfill --start {self.first_day} --end {self.last_day}"


def plan_run(first_day: date, last_day: date, latest: datetime | None, timezone: str) -> RunPlan:
    """Plan a run over the days [first_day, last_day]; `latest` is the as_of of the newest load.

    One day at or after the latest one is a nightly. Everything else is a backfill, which never moves as_of back.
    """
    end = end_of_day(last_day, timezone)
    latest_day = reporting_day(latest, timezone) if latest else None
    is_nightly = first_day == last_day and (latest_day is None or last_day >= latest_day)
    as_of = end if latest is None else max(end, latest)
    return RunPlan("nightly" if is_nightly else "backfill", first_day, last_day, as_of, timezone)

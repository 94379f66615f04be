"""The scorecard computed another way: pandas and plain sets over the raw tables, one period at a time. Not a test itself.

Belongs here: what each KPI of the catalogue means, said again in Python. Does not: reading the raw tables (raw_photobooth.py).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

import duckdb
import numpy as np

from tests.dbt.raw_photobooth import LOCAL, RawPhotobooth, Row, day_in, group

Number = float | int | None
DAY = timedelta(days=1)


class Days:
    """Things that happened, by the day they did."""

    def __init__(self, things: Iterable[tuple[date, Any]]) -> None:
        self._by_day: dict[date, list[Any]] = defaultdict(list)
        for day, thing in things:
            self._by_day[day].append(thing)

    def __call__(self, first: date, last: date) -> list[Any]:
        """What happened from the first to the last of these days."""
        return [thing for day in self._by_day if first <= day <= last for thing in self._by_day[day]]


def ratio(numerator: Number, denominator: Number, scale: float = 1) -> Number:
    return None if numerator is None or not denominator else scale * float(numerator) / float(denominator)


def told_once(entries: list[Row]) -> list[Row]:
    """Entries of the log without those that follow their like, of the same user and subject, within two seconds of a day."""
    last: dict[tuple, datetime] = {}
    kept = []
    for row in sorted(entries, key=lambda row: row.created_at):
        alike = (row.day, row.user_id, group(row.action), row.event_id or row.partner_id)
        if alike not in last or row.created_at - last[alike] > timedelta(seconds=2):
            kept.append(row)
        last[alike] = row.created_at
    return kept


class Scorecard:
    """The value of a KPI in a period, from the rows of the source."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.raw = raw = RawPhotobooth(con)
        self.kept = Days((row.day, row) for row in raw.photos)
        self.deleted = Days((row.day, row) for row in raw.deleted_photos)
        self.made = Days((row.day, row) for row in [*raw.photos, *raw.deleted_photos])
        self.attempts = raw.rows("raw_photobooth.generation_attempts")
        self.attempts_on = Days((row.day, row) for row in self.attempts)
        self.events = list(raw.events())
        self.held = [e for e in self.events if e[1] and e[1] <= (raw.gone_day(e[0]) or e[1])]

    # ------------------------------------------------------------------ what happened

    @cached_property
    def paid(self) -> list[tuple[Row, bool]]:
        """Approved payments of known accounts, the first notification of each, and whether the payer was a direct user."""
        rows = [
            r for r in self.raw.rows("raw_photobooth.payment_notifications") if group(r.status) in (None, "approved")
        ]
        first: dict[str, Row] = {}
        for row in sorted(rows, key=lambda row: (row.created_at, str(row.id))):
            first.setdefault(row.mercadopago_id_hash or str(row.id), row)
        payers = [(row, self.raw.at("profiles", str(row.user_id), row.created_at)) for row in first.values()]
        return [(row, self.raw.kind(payer) == "direct") for row, payer in payers if payer is not None]

    @cached_property
    def paid_on(self) -> Days:
        return Days((row.day, row) for row, is_direct in self.paid if is_direct)

    def bought(self, first: date, last: date, currency: str | None = None) -> list[Row]:
        """Payments of direct users in a period."""
        rows = self.paid_on(first, last)
        return [row for row in rows if currency in (None, (row.currency_id or "ARS").strip().upper())]

    def spent(self, first: date, last: date) -> float:
        return float(sum(row.amount for row in self.bought(first, last, "ARS")))

    def spent_locally(self, first: date, last: date) -> float:
        rows = self.bought(date.min, date.max, "ARS")
        return float(sum(row.amount for row in rows if first <= day_in(LOCAL, row.created_at) <= last))

    def tried(self, first: date, last: date, *statuses: str) -> list[Row]:
        return [row for row in self.attempts_on(first, last) if not statuses or group(row.status) in statuses]

    def latencies(self, first: date, last: date) -> list[float]:
        return [row.latency_ms / 1000 for row in self.tried(first, last, "success") if row.latency_ms is not None]

    @cached_property
    def probes(self) -> dict[str, list[Row]]:
        rows = self.raw.rows("raw_photobooth.uptime_checks", time="checked_at")
        found: dict[str, list[Row]] = {}
        for row in sorted(rows, key=lambda row: (row.checked_at, f"photobooth:{row.id}")):
            found.setdefault(group(row.component) or "unknown", []).append(row)
        return found

    @cached_property
    def watched(self) -> Counter[tuple[str, date, bool]]:
        """Seconds by component, day and whether it was up: a probe holds until the next, at most twice the median gap."""
        seconds: Counter[tuple[str, date, bool]] = Counter()
        for component, rows in self.probes.items():
            ends = [row.checked_at for row in rows[1:]] + [self.raw.as_of]
            gaps = [
                (b - a.checked_at).total_seconds() for a, b in zip(rows, ends[:-1], strict=False) if b > a.checked_at
            ]
            longest = timedelta(seconds=2 * float(np.median(gaps))) if gaps else timedelta()
            for row, end in zip(rows, ends, strict=True):
                moment, until = row.checked_at, min(end, row.checked_at + longest)
                while moment < until and row.ok is not None:
                    day = day_in(self.raw.zone, moment)
                    midnight = datetime.combine(day + DAY, datetime.min.time(), self.raw.zone)
                    piece = min(until, midnight)
                    seconds[component, day, row.ok] += (piece - moment).total_seconds()
                    moment = piece
        return seconds

    @cached_property
    def watched_on(self) -> Days:
        return Days((day, (component, ok, seconds)) for (component, day, ok), seconds in self.watched.items())

    def uptime(self, first: date, last: date, *components: str) -> Number:
        parts = [part for part in self.watched_on(first, last) if not components or part[0] in components]
        return ratio(sum(seconds for _, ok, seconds in parts if ok), sum(seconds for *_, seconds in parts), 100)

    @cached_property
    def answers_on(self) -> Days:
        """Latencies in seconds of the probes of the API that were answered."""
        rows = [row for row in self.probes.get("api", []) if row.ok and row.latency_ms is not None]
        return Days((row.day, row.latency_ms / 1000) for row in rows)

    @cached_property
    def sessions_on(self) -> Days:
        """Whole seconds and acts of every session: more than 30 minutes of silence end one, 12 hours cut it."""
        photo_of = {str(row.generation_id) for row in self.attempts if row.generation_id}
        logged = [
            row
            for row in self.raw.rows("raw_photobooth.activity_logs")
            if group(row.action) not in ("login_failed", "api_denied")
        ]
        alone = [row for row in self.raw.photos if str(row.id) not in photo_of]
        acts: dict[str, list[datetime]] = {}
        for row in [*told_once(logged), *self.attempts, *alone, *(row for row, _ in self.paid)]:
            if str(row.user_id) in self.raw.seen["profiles"]:
                acts.setdefault(str(row.user_id), []).append(row.created_at)
        silence, found = timedelta(minutes=30), []
        for user, moments in acts.items():
            runs: list[list[datetime]] = []
            for moment in sorted(moments):
                if runs and moment - runs[-1][-1] <= silence:
                    runs[-1].append(moment)
                else:
                    runs.append([moment])
            for run in runs:
                cut = Counter((moment - run[0]) // timedelta(hours=12) for moment in run)
                for piece in cut:
                    part = [moment for moment in run if (moment - run[0]) // timedelta(hours=12) == piece]
                    is_staff = self.raw.kind(self.raw.at("profiles", user, part[0])) == "internal"
                    if not is_staff and part[-1] < self.raw.as_of - silence:
                        seconds = (part[-1] - part[0]) // timedelta(seconds=1)
                        found.append((day_in(self.raw.zone, part[0]), (seconds, len(part))))
        return Days(found)

    @cached_property
    def ended_on(self) -> Days:
        """Photos ever made at each event that had any, on the day it ended."""
        made, newest = Counter(), {}
        for photo in self.made(date.min, date.max):
            if photo.event_id:
                made[str(photo.event_id)] += 1
                newest[str(photo.event_id)] = max(photo.day, newest.get(str(photo.event_id), photo.day))
        found = []
        for event, starts, _ in self.held:
            ends = event.end_date and day_in(self.raw.zone, event.end_date)
            over = max(starts, ends) if ends else max(starts, newest.get(str(event.id), starts)) + 14 * DAY
            over = min(over, self.raw.gone_day(event) or over)
            if made[str(event.id)] and over <= self.raw.last:
                found.append((over, made[str(event.id)]))
        return Days(found)

    # ------------------------------------------------------------------ what there is

    @cached_property
    def signed_up_on(self) -> Days:
        """Accounts that were direct users when first seen, and whether somebody referred them."""
        seen, created = self.raw.seen["profiles"].items(), self.raw.created["profiles"]
        direct = [(key, rows[-1]) for key, rows in seen if self.raw.kind(rows[0]) == "direct"]
        return Days((created[key], row.referred_by is not None) for key, row in direct)

    def partners(self, day: date, wanted: Callable[[dict[str, Any]], bool] = lambda p: p["is_active"]) -> set[str]:
        return {key for key, partner in self.raw.partners(day).items() if wanted(partner)}

    @cache  # noqa: B019
    def with_event(self, day: date, days: int) -> set[str]:
        began = {partner for _, starts, partner in self.held if partner and day - days * DAY < starts <= day}
        return began & self.partners(day)

    @cache  # noqa: B019
    def credits(self, day: date) -> dict[str, int]:
        """Counters of partners, and what guests consumed at their events."""
        partners = self.raw.partners(day).values()
        there = self.raw.on("events", day)
        states = [
            there[str(e.id)]
            for e, _, partner in self.events
            if partner in self.raw.partner_since and str(e.id) in there
        ]
        left = [p for p in partners if not p["is_deleted"]]
        return {
            "bought": sum(p["bought"] for p in partners),
            "allocated": sum(p["allocated"] for p in partners),
            "unallocated": sum(p["bought"] - p["allocated"] for p in left),
            "consumed": sum(row.credits_used or 0 for row in states),
            "direct": sum(row.credits or 0 for row in self.raw.users(day, "direct").values()),
        }

    def active_users(self, day: date) -> set[str]:
        begun = [row for row in self.attempts_on(day - 29 * DAY, day) if group(row.status) != "denied_no_credit"]
        rows = [*self.kept(day - 29 * DAY, day), *begun]
        return {str(row.user_id) for row in rows if row.user_id} & set(self.raw.users(day, "direct"))

    def style_counts(self, day: date, styles: set[str]) -> list[int]:
        used = [row.style_id or row.model_id for row in self.kept(day - 29 * DAY, day)]
        return list(Counter(style for style in used if style in styles).values())

    def diversity(self, day: date) -> Number:
        active = {key for key, is_on in self.raw.styles(day).items() if is_on}
        counts = self.style_counts(day, active)
        if not counts or len(active) < 2:
            return None
        return -sum(n / sum(counts) * math.log(n / sum(counts)) for n in counts) / math.log(len(active))

    def simpson(self, day: date) -> Number:
        counts = self.style_counts(day, self.all_styles)
        return 1 - sum((n / sum(counts)) ** 2 for n in counts) if counts else None

    @cached_property
    def all_styles(self) -> set[str]:
        return {key for key in self.raw.seen["styles_metadata"] if group(key) not in self.raw.switches}

    def payers(self, day: date, times: int) -> int:
        counts = Counter(str(row.user_id) for row in self.bought(day - 89 * DAY, day))
        return sum(count >= times for count in counts.values())

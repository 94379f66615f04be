"""usage_aggregations: totals that a job computes shortly before midnight, and sometimes again.

Belongs here: one row per user and day, week and month. Does not: the calls themselves (calls.py). Calls after the job, and
calls that become visible on a later day, are missing; a share of the totals is recomputed for them, in place and without a new
timestamp. Weeks and months are added up from days, so their percentile is only the largest of the days'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.marketing_engine import schema, tunables
from simulator.marketing_engine.world import World
from simulator.targets.base import Target

SUMMED = schema.TOTALS.changes
_COST = {"content": "content_cost", "images": "image_cost", "video": "video_cost", "chat": "chat_cost"}


@dataclass
class Total:
    """The sums of one user and period, by column, and its latencies: the sum with its count, and the 95th percentile."""

    ident: str = ""
    sums: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(SUMMED, 0))
    latencies: list[int] = field(default_factory=list)
    average: int | None = None
    p95: int | None = None

    def add(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.sums[name] += value


class Totals:
    """The daily totals of the last weeks, by (user, day)."""

    def __init__(self) -> None:
        self.days: dict[tuple[str, int], Total] = {}

    def load(self, world: World, target: Target) -> None:
        wanted = ("user_id", "period_type", "avg_latency_ms", "p95_latency_ms", *SUMMED)
        for ident, start, user, kind, average, p95, *sums in world.recent(
            target, schema.TOTALS, tunables.TOTALS_KEPT_DAYS, *wanted
        ):
            if kind == "daily":
                known = dict(zip(SUMMED, sums, strict=True))
                self.days[user, start.astimezone(UTC).toordinal()] = Total(ident, known, [], average, p95)

    def count(
        self,
        world: World,
        user_id: str,
        moment: datetime,
        service: str,
        is_success: bool,
        latency: int | None,
        tokens: tuple[int, int],
        images: int,
        seconds: Decimal,
        cost: Decimal,
    ) -> None:
        """Count a call for the job of today, or mend the total of its day if that is recomputed."""
        values = {
            "total_requests": 1,
            "successful_requests": int(is_success),
            "failed_requests": int(not is_success),
            "content_generations": int(service == "content"),
            "images_generated": images,
            "chat_messages": int(service == "chat"),
            "video_seconds": seconds,
            _COST.get(service, "tools_cost"): cost,
            "total_cost": cost,
            "total_input_tokens": tokens[0],
            "total_output_tokens": tokens[1],
        }
        key = (user_id, moment.toordinal())
        if moment >= world.today.start:
            if moment < _job(world):
                total = self.days.setdefault(key, Total())
                total.add(values)
                total.latencies += [latency] if latency is not None else []
            return
        known = self.days.get(key)
        if known and world.chance.hits("recomputed", known.ident, tunables.RECOMPUTED_SHARE):
            known.add(values)
            world.change(schema.TOTALS, known.ident, **known.sums)

    def live(self, world: World) -> None:
        """The job: days, on Sundays weeks, on the last day of a month its month."""
        today = world.today.date
        mine = [(user, total) for (user, day), total in self.days.items() if day == world.today.ordinal]
        for _, total in mine:
            ranked = sorted(total.latencies)
            if ranked:
                total.average = round(sum(ranked) / len(ranked))
                total.p95 = ranked[max(0, -(-len(ranked) * 95 // 100) - 1)]
        self._write(world, "daily", today, mine)
        if today.weekday() == 6:
            self._write(world, "weekly", today - timedelta(days=6), self._added(world, today - timedelta(days=6)))
        if (today + timedelta(days=1)).day == 1:
            self._write(world, "monthly", today.replace(day=1), self._added(world, today.replace(day=1)))
        oldest = world.today.ordinal - tunables.TOTALS_KEPT_DAYS
        self.days = {key: total for key, total in self.days.items() if key[1] >= oldest and key[0] in world.users.by_id}

    def _added(self, world: World, first: date) -> Iterable[tuple[str, Total]]:
        added: dict[str, Total] = {}
        weights: dict[str, int] = {}
        for (user, day), total in sorted(self.days.items(), key=lambda item: item[0]):
            if day < first.toordinal() or user not in world.users.by_id:
                continue
            period = added.setdefault(user, Total())
            period.add(total.sums)
            if total.average is not None and total.p95 is not None:
                weights[user] = weights.get(user, 0) + 1
                period.average = (period.average or 0) + total.average
                period.p95 = max(period.p95 or 0, total.p95)
        for user, count in weights.items():
            added[user].average = round((added[user].average or 0) / count)
        return added.items()

    def _write(self, world: World, kind: str, first: date, totals: Iterable[tuple[str, Total]]) -> None:
        start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        for user, total in totals:
            total.ident = world.chance.uuid(schema.TOTALS.name, user, kind, first.toordinal())
            world.append(
                schema.TOTALS, total.ident, user, kind, start, world.today.end, *(total.sums[n] for n in SUMMED),
                total.average, total.p95, _job(world),
            )  # fmt: skip


def _job(world: World) -> datetime:
    return world.today.end - timedelta(seconds=tunables.TOTALS_JOB_SECONDS_BEFORE_MIDNIGHT)

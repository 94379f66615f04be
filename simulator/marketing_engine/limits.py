"""Limits: the counters of a subscription, the alerts they raise, and the windows of the rate limiter.

Belongs here: the *_used counters, the cost columns, usage_alerts, api_rate_limits. Does not: plans and resets (plans.py). A
counter counts calls, failed ones too; the cost columns have two decimals, so that most calls round to nothing in them.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from simulator.marketing_engine import schema, tunables
from simulator.marketing_engine.entities import RateLimit, Subscription
from simulator.marketing_engine.world import World
from simulator.targets.base import Target

RESOLVE = "resolve alert"
_COUNTER = {
    "content": "content_generations",
    "images": "image_generations",
    "video": "video_generations",
    "chat": "chat_messages",
}
_CENT = Decimal("0.01")


class Alarm:
    """When each user was last alerted of each resource: at most once an hour while it is unresolved."""

    def __init__(self) -> None:
        self._raised: dict[tuple[str, str], datetime] = {}

    def load(self, world: World, target: Target) -> None:
        known = world.recent(target, schema.ALERTS, tunables.RESOLVED_AGE[1] + 1, "user_id", "resource_type")
        for ident, moment, user_id, resource in known:
            key = (user_id, resource)
            self._raised[key] = max(moment, self._raised.get(key, moment))
            _plan_resolution(world, ident, moment)

    def forget(self, world: World) -> None:
        recent = world.today.end - timedelta(days=2)
        self._raised = {key: moment for key, moment in self._raised.items() if moment >= recent}

    def watch(self, world: World, sub: Subscription, resource: str, moment: datetime) -> None:
        """Raise what the newest call calls for."""
        used, limit = _state(sub, resource)
        if not limit or sub.usage_alerts_enabled is False:
            return
        for share, severity in tunables.SEVERITIES:
            if used >= share * limit:
                kind = "limit_reached" if share == 1 else "usage_threshold"
                kind = "cost_threshold" if resource == "cost" else kind
                self.raise_(world, sub.user_id, moment, kind, resource, severity, (share * 100, used, limit))
                return

    def raise_(
        self,
        world: World,
        user_id: str,
        moment: datetime,
        kind: str,
        resource: str,
        severity: str,
        values: tuple[Decimal, Decimal, Decimal | None],
    ) -> None:
        """One row of usage_alerts. `values` are threshold, current value and limit."""
        last = self._raised.get((user_id, resource))
        if last and moment - last < timedelta(hours=1):
            return
        self._raised[user_id, resource] = moment
        ident = world.new_id(schema.ALERTS)
        sent = severity != "info"
        threshold = "percentage" if values[2] else "absolute"
        sent_at = min(moment + timedelta(seconds=5), world.today.last) if sent else None
        rounded = [None if v is None else v.quantize(_CENT) for v in values]
        world.append(
            schema.ALERTS, ident, user_id, kind, threshold, *rounded, resource, severity,
            f"{resource}: {values[1]} used", sent, sent_at, json.dumps({"source": "limits"}), False, None, moment,
        )  # fmt: skip
        _plan_resolution(world, ident, moment)


def live(world: World) -> None:
    for ident in world.due(RESOLVE):
        at = world.today.at(world.chance.span("resolved at", ident, 20000, 80000))
        world.change(schema.ALERTS, ident, is_resolved=True, resolved_at=at)


def _plan_resolution(world: World, ident: str, moment: datetime) -> None:
    if world.chance.hits("resolved", ident, tunables.RESOLVED_SHARE):
        world.plan(
            moment.toordinal() + world.chance.span("resolved after", ident, *tunables.RESOLVED_AGE), RESOLVE, ident
        )


def resource_of(world: World, service: str) -> str | None:
    """What a call of this service counts as: the product changed its mind about its small helpers."""
    if service in _COUNTER:
        return service
    return "content" if world.today.date < tunables.TOOLS_COUNT_AS_CONTENT_UNTIL else None


def limit_of(sub: Subscription | None, resource: str | None) -> int | None:
    """How many calls a month the plan allows; None is no limit, as for users without a row."""
    return getattr(sub, f"{_COUNTER[resource]}_limit") if sub and resource else None


def is_used_up(sub: Subscription | None, resource: str | None) -> bool:
    limit = limit_of(sub, resource)
    return limit is not None and sub is not None and resource is not None and _state(sub, resource)[0] >= limit


def _state(sub: Subscription, resource: str) -> tuple[Decimal, Decimal | None]:
    if resource == "cost":
        return sub.current_month_cost, sub.monthly_cost_limit
    limit = limit_of(sub, resource)
    return Decimal(getattr(sub, f"{_COUNTER[resource]}_used")), None if limit is None else Decimal(limit)


def count(world: World, alarm: Alarm, sub: Subscription, service: str, moment: datetime, cost: Decimal) -> None:
    """Book one call. A row that became visible late is booked when it did."""
    resource, seen = resource_of(world, service), max(moment, world.today.start)
    if resource:
        name = f"{_COUNTER[resource]}_used"
        setattr(sub, name, getattr(sub, name) + 1)
    for name in ("current_month_cost", "lifetime_cost"):
        setattr(sub, name, (getattr(sub, name) + cost).quantize(_CENT, ROUND_HALF_UP))
    sub.updated_at = max(sub.updated_at, seen)
    world.subscriptions.touch(sub)
    if resource:
        alarm.watch(world, sub, resource, seen)
    if cost:
        alarm.watch(world, sub, "cost", seen)


def pass_window(world: World, user_id: str, service: str, moment: datetime) -> bool:
    """The rate limiter's row of this user and service: overwritten by every call, left as it is in between.

    Returns whether the call is within the rate.
    """
    if service not in tunables.WINDOWS or moment < world.today.start:
        return True
    kind, most = tunables.WINDOWS[service]
    length = timedelta(seconds=tunables.WINDOW_SECONDS[kind])
    ident = world.chance.uuid(schema.RATE_LIMITS.name, user_id, service, kind)
    row = world.rate_limits.by_id.get(ident)
    if row is None:
        row = RateLimit(
            ident, user_id, service, kind, most, 0, moment, moment + length, False, None, None, moment, moment
        )
        world.rate_limits.add(row)
    if moment >= row.window_end:
        row.current_requests, row.window_start, row.window_end = 0, moment, moment + length
        row.is_blocked, row.blocked_until, row.blocked_reason = False, None, None
    row.current_requests += 1
    row.updated_at = max(row.updated_at, moment)
    if row.current_requests > row.max_requests:
        row.is_blocked, row.blocked_until, row.blocked_reason = True, row.window_end, f"more than {most} per {kind}"
    world.rate_limits.touch(row)
    return not row.is_blocked

"""Metered calls: one row of api_usage per call to a provider, and what it costs the operator.

Belongs here: prices, outcomes, retries, what users think of a result later, campaign outcomes. Does not: the session
around the calls (visits.py) or their counters (limits.py, totals.py). Failed calls cost nothing today, but for those
that ran into a timeout.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.chance import choose, weighted
from simulator.marketing_engine import campaigns, limits, schema, tunables
from simulator.marketing_engine.entities import Campaign, Subscription
from simulator.marketing_engine.limits import Alarm
from simulator.marketing_engine.totals import Totals
from simulator.marketing_engine.world import World
from simulator.targets.base import Target

REACT, MEASURE = "react to call", "measure outcome"
_USD, _NONE = Decimal("0.000001"), Decimal("0.000000")
_CITIES = {
    "US": ("Austin", "America/Chicago"), "DE": ("Bremen", "Europe/Berlin"), "GB": ("Leeds", "Europe/London"),
    "BR": ("Recife", "America/Recife"), "IN": ("Pune", "Asia/Kolkata"), "ES": ("Vigo", "Europe/Madrid"),
    "JP": ("Kobe", "Asia/Tokyo"),
}  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """Who calls, from where, in which session."""

    user_id: str
    session_id: str
    subscription: Subscription | None
    campaigns: list[Campaign]
    address: str
    agent: list[str]


@dataclass
class Work:
    """What a call asks for and brings: tokens for text, images, seconds of video; None where a service has no such thing."""

    provider: str
    model: str
    endpoint: str
    tokens: tuple[int, int] | None = None
    images: int | None = None
    seconds: Decimal | None = None
    costs: tuple[Decimal, Decimal, Decimal] = (_NONE, _NONE, _NONE)

    def fail(self, status: str) -> None:
        """Nothing was delivered. Of a timeout the provider bills what it read."""
        read = self.costs[0] if status == "timeout" else _NONE
        self.costs = (read, _NONE, _NONE)
        self.tokens = (self.tokens[0] if read else 0, 0) if self.tokens else None
        self.images = 0 if self.images is not None else None
        self.seconds = Decimal("0.00") if self.seconds is not None else None


@dataclass
class Desk:
    """What the calls of a day share, and outcomes still to be measured: call -> (user, campaign)."""

    totals: Totals = field(default_factory=Totals)
    alarm: Alarm = field(default_factory=Alarm)
    open: dict[str, tuple[str, str]] = field(default_factory=dict)

    def load(self, world: World, target: Target) -> None:
        self.totals.load(world, target)
        self.alarm.load(world, target)
        columns = ("status", "user_id", "campaign_id")
        for row in world.recent(target, schema.API_USAGE, tunables.OUTCOME_AGE[1] + 1, *columns):
            self.remember(world, *row)

    def remember(
        self, world: World, ident: str, moment: datetime, status: str, user_id: str, campaign_id: str | None
    ) -> None:
        """Plan what will be said of a call."""
        if status != "success":
            return
        for action, share, age in (
            (REACT, tunables.REACTION_SHARE, tunables.REACTION_AGE),
            (MEASURE, tunables.OUTCOME_SHARE if campaign_id else 0, tunables.OUTCOME_AGE),
        ):
            if world.chance.hits(action, ident, share):
                day = moment.toordinal() + world.chance.span(f"{action} after", ident, *age)
                world.plan(day, action, ident)
                if action == MEASURE and campaign_id and day > world.today.ordinal:
                    self.open[ident] = (user_id, campaign_id)


def live(world: World, desk: Desk) -> None:
    """What is said today of the calls of the days before."""
    for ident in world.due(REACT):
        rating = world.chance.pick("rating", ident, {None: 3, 1: 1, 2: 1, 3: 2, 4: 4, 5: 5})
        taken, shared = (world.chance.hits(name, ident, 0.4) for name in ("downloaded", "shared"))
        world.change(schema.API_USAGE, ident, user_rating=rating, is_downloaded=taken, is_shared=shared)
    rng = world.rng("outcomes")
    for ident in world.due(MEASURE):
        user_id, campaign_id = desk.open.pop(ident)
        if user_id not in world.users.by_id:
            continue
        moment = world.today.at(rng.uniform(0, 86000))
        converted = rng.random() < 0.3
        revenue = Decimal(rng.randint(500, 40000)).scaleb(-2) if converted and rng.random() < 0.9 else None
        world.append(
            schema.OUTCOMES, world.new_id(schema.OUTCOMES), ident, campaign_id, converted, revenue, "USD", moment,
            moment + timedelta(seconds=30),
        )  # fmt: skip


def call(world: World, rng: random.Random, desk: Desk, visitor: Visitor, moment: datetime) -> tuple[datetime, str]:
    """One call with its retry. Returns when the last one ended, and how the first one did."""
    sub, service = visitor.subscription, weighted(rng.random(), tunables.SERVICES)
    resource = limits.resource_of(world, service)
    if limits.limit_of(sub, resource) == 0:  # not offered at all in this plan
        service, resource = "chat", "chat"
    within_rate = limits.pass_window(world, visitor.user_id, service, moment)
    new_gateway = world.today.date >= tunables.NEW_GATEWAY
    if limits.is_used_up(sub, resource):
        if sub and resource:
            desk.alarm.watch(world, sub, resource, max(moment, world.today.start))
        if not new_gateway or rng.random() < tunables.GIVES_UP_SHARE:
            return moment, "rate_limited"  # refused before it became a call
        within_rate = False
    draw, status = rng.random(), "success"
    if draw < tunables.ERROR_SHARE:
        status = "error"
    elif new_gateway and draw < tunables.ERROR_SHARE + tunables.TIMEOUT_SHARE:
        status = "timeout"
    elif new_gateway and draw < tunables.ERROR_SHARE + tunables.TIMEOUT_SHARE + tunables.CANCELLED_SHARE:
        status = "cancelled"
    if new_gateway and not within_rate:
        status = "rate_limited"
        desk.alarm.raise_(
            world, visitor.user_id, max(moment, world.today.start), "rate_limit", resource or "content", "warning",
            (Decimal(1), Decimal(1), None),
        )  # fmt: skip
    candidates = [c for c in visitor.campaigns if c.created_at < moment]
    campaign = choose(rng, candidates) if candidates and rng.random() < tunables.CAMPAIGN_SHARE else None
    request_id = f"req_{rng.getrandbits(64):016x}"
    ident, ended = _record(world, rng, desk, visitor, service, status, moment, campaign, request_id, None)
    if status in ("error", "timeout") and rng.random() < tunables.RETRY_CHANCE:
        again = min(ended + timedelta(seconds=rng.randint(1, 20)), world.today.last)
        _, ended = _record(world, rng, desk, visitor, service, "success", again, campaign, request_id, ident)
    return ended, status


def _record(
    world: World, rng: random.Random, desk: Desk, visitor: Visitor, service: str, status: str, moment: datetime,
    campaign: Campaign | None, request_id: str, regeneration_of: str | None,
) -> tuple[str, datetime]:  # fmt: skip
    """Write one call and count it everywhere. Returns its id and when it ended."""
    ident, moment = world.new_id(schema.API_USAGE), min(moment, world.today.last)
    work = _text(rng, service) if service not in tunables.LATENCY_MS else _media(rng, service)
    latency = _latency(rng, service, status)
    if status != "success":
        work.fail(status)
    cost = sum(work.costs, _NONE)
    tokens = work.tokens or (None, None)
    reads = None if work.tokens is None else sum(work.tokens)
    country = world.chance.pick("country", visitor.user_id, tunables.COUNTRIES)
    source = world.chance.pick("utm", visitor.user_id, tunables.UTM)
    utm = (*source, "autumn") if source else (None, None, None)
    prompt = f"Write about {visitor.user_id[:4]}"
    delivered = False if status == "success" else None
    world.append(
        schema.API_USAGE, ident, visitor.user_id, service, work.provider, work.model, work.endpoint,
        request_id if rng.random() < 0.98 else None, json.dumps({"prompt": prompt}), json.dumps({"status": status}),
        *tokens, reads, work.images, work.seconds, *work.costs, cost, latency, status,
        _message(status, work.provider, prompt), visitor.address, visitor.agent[4], campaign.id if campaign else None,
        moment, visitor.session_id, "https://search.example.com/?q=ads" if source else None, *utm, country,
        *_CITIES[country], *visitor.agent[:4], None, regeneration_of, delivered, delivered,
    )  # fmt: skip
    if visitor.subscription:
        limits.count(world, desk.alarm, visitor.subscription, service, moment, cost)
    if campaign:
        campaigns.book(world, rng, campaign, cost)
    counted = work.tokens or (0, 0)
    desk.totals.count(
        world, visitor.user_id, moment, service, status == "success", latency, counted, work.images or 0,
        work.seconds or Decimal(0), cost,
    )  # fmt: skip
    desk.remember(world, ident, moment, status, visitor.user_id, campaign.id if campaign else None)
    ended = min(moment + timedelta(milliseconds=latency or 0), world.today.last)
    if status == "success" and rng.random() < tunables.FEEDBACK_SHARE:
        _feedback(world, rng, visitor.user_id, ident, min(ended + timedelta(seconds=40), world.today.last))
    return ident, ended


def _text(rng: random.Random, service: str) -> Work:
    model = weighted(rng.random(), tunables.TEXT_MODELS)
    read, wrote = int(rng.lognormvariate(6.8, 0.8)) + 20, int(rng.lognormvariate(6.4, 0.9)) + 5
    rates = tunables.TEXT_USD_PER_MILLION[model]
    paid = [(Decimal(n) * rate / 1_000_000).quantize(_USD) for n, rate in zip((read, wrote), rates, strict=True)]
    return Work("openai", model, f"/v1/{service}?stream=true", tokens=(read, wrote), costs=(paid[0], paid[1], _NONE))


def _media(rng: random.Random, service: str) -> Work:
    if service == "images":
        provider, model = choose(rng, tuple(tunables.IMAGE_USD))
        count = rng.choice((1, 1, 1, 2, 4))
        cost = (tunables.IMAGE_USD[provider, model] * count).quantize(_USD)
        return Work(provider, model, "/v1/images", images=count, costs=(_NONE, _NONE, cost))
    provider, model = choose(rng, tuple(tunables.VIDEO_USD_PER_SECOND))
    seconds = Decimal(rng.choice((4, 5, 5, 8, 10))).quantize(Decimal("0.01"))
    cost = (tunables.VIDEO_USD_PER_SECOND[provider, model] * seconds).quantize(_USD)
    return Work(provider, model, "/v1/video", seconds=seconds, costs=(_NONE, _NONE, cost))


def _latency(rng: random.Random, service: str, status: str) -> int | None:
    median, spread = tunables.LATENCY_MS.get(service, tunables.TEXT_LATENCY_MS)
    usual = int(median * rng.lognormvariate(0, spread))
    match status:
        case "timeout":
            return 60_000 if service != "video" else 300_000
        case "rate_limited":
            return 3
        case "cancelled":
            return usual // 2 if rng.random() < 0.5 else None
    return usual


def _message(status: str, provider: str, prompt: str) -> str | None:
    """What the gateway notes of a failure; it may quote the input."""
    return {
        "error": f'{provider} returned 500 for "{prompt}"',
        "timeout": f"{provider} timed out",
        "rate_limited": "rate limit exceeded",
        "cancelled": "cancelled by client",
    }.get(status)


def _feedback(world: World, rng: random.Random, user_id: str, ident: str, moment: datetime) -> None:
    words = f"Written by Member {user_id[:4]}" if rng.random() < 0.4 else None
    kind = choose(rng, ("quality", "quality", "speed", "accuracy", "general"))
    rating = weighted(rng.random(), {1: 1, 2: 1, 3: 2, 4: 4, 5: 4})
    world.append(schema.FEEDBACK, world.new_id(schema.FEEDBACK), user_id, ident, rating, words, kind, moment)

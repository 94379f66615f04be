"""Plans: one row per user that is overwritten, never a history. And the payments that only an optional table knows.

Belongs here: user_subscriptions but for its counters of use (limits.py), resets, renewals, subscription_payments. The two
versions of the reset differ: the first returned every counter to 0 at the first job of a month, the later one does so at the end
of the billing period, and only for rows that renew.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.chance import poisson
from simulator.marketing_engine import schema, tunables
from simulator.marketing_engine.entities import Subscription
from simulator.marketing_engine.world import Chore, World
from simulator.targets.base import Target

CHOOSE, UPGRADE, CANCEL, PERIOD_ENDS, REFUND = "choose plan", "upgrade", "cancel", "period ends", "refund"
_COUNTERS = ("content_generations", "image_generations", "video_generations", "chat_messages")
_NOTHING = Decimal("0.00")


def chores_of_subscription(world: World, sub: Subscription) -> Iterable[Chore]:
    born, chance = sub.created_at.toordinal(), world.chance
    yield sub.billing_period_end.toordinal(), PERIOD_ENDS
    yield born + chance.span("leaves demo", sub.user_id, *tunables.LEAVES_DEMO_AGE), CHOOSE
    for action, share, age in (
        (UPGRADE, tunables.UPGRADE_SHARE, tunables.UPGRADE_AGE),
        (CANCEL, tunables.CANCEL_SHARE, tunables.CANCEL_AGE),
    ):
        if chance.hits(action, sub.user_id, share):
            yield born + chance.span(f"{action} after", sub.user_id, *age), action


def open_demo(world: World, user_id: str, moment: datetime) -> None:
    """What every new user gets: no visible limits for a year."""
    content, image, video, chat = tunables.LIMITS["demo"]
    alerts = None if world.chance.hits("alerts unset", user_id, 0.1) else True
    world.subscriptions.add(
        Subscription(
            id=world.new_id(schema.SUBSCRIPTIONS),
            user_id=user_id,
            plan_type="demo",
            plan_name="Demo",
            stripe_customer_id=None,
            stripe_subscription_id=None,
            billing_period_start=moment,
            billing_period_end=moment + timedelta(days=tunables.DEMO_DAYS),
            content_generations_limit=content,
            image_generations_limit=image,
            video_generations_limit=video,
            chat_messages_limit=chat,
            content_generations_used=0,
            image_generations_used=0,
            video_generations_used=0,
            chat_messages_used=0,
            monthly_cost_limit=None,
            current_month_cost=_NOTHING,
            lifetime_cost=_NOTHING,
            is_active=None if world.chance.hits("active unset", user_id, 0.1) else True,
            auto_renew=False,
            usage_alerts_enabled=False
            if world.chance.hits("alerts off", user_id, tunables.ALERTS_OFF_SHARE)
            else alerts,
            created_at=moment,
            updated_at=moment,
            last_reset_at=None,
        )
    )


def live(world: World) -> None:
    rng = world.rng("plans")
    _reset_job(world)
    for action, act in ((PERIOD_ENDS, _period_ends), (CHOOSE, _choose), (UPGRADE, _upgrade), (CANCEL, _cancel)):
        for ident in world.due(action):
            sub = world.subscriptions.by_id.get(ident)
            if sub:  # the hour is a trait: an outdated item of the agenda must not use up a draw
                hour = world.chance.span(action, (ident, world.today.ordinal), 21600, 72000)
                act(world, rng, sub, world.today.at(hour))
    for ident in world.due(REFUND):
        world.change(schema.PAYMENTS, ident, status="refunded")


def load(world: World, target: Target) -> None:
    """Recall which of the recent payments are going to be refunded."""
    for ident, moment, status in world.recent(target, schema.PAYMENTS, tunables.REFUND_AGE[1] + 1, "status"):
        if status == "paid":
            _plan_refund(world, ident, moment)


def _reset_job(world: World) -> None:
    """First version: whenever the job of a month happened to run first, every row."""
    today = world.today.date
    if today >= tunables.RESET_AT_PERIOD_END or today.day != world.chance.span(
        "reset", f"{today:%Y-%m}", *tunables.RESET_JOB_DAY
    ):
        return
    for sub in world.subscriptions.rows:
        if sub.id in world.subscriptions.by_id:
            _reset(world, sub, world.today.at(300))


def _reset(world: World, sub: Subscription, moment: datetime) -> None:
    for name in _COUNTERS:
        setattr(sub, f"{name}_used", 0)
    sub.current_month_cost = _NOTHING
    sub.last_reset_at = moment
    _touch(world, sub, moment)


def _touch(world: World, sub: Subscription, moment: datetime) -> None:
    sub.updated_at = max(sub.updated_at, moment)  # a trigger keeps it
    world.subscriptions.touch(sub)


def _period_ends(world: World, rng: random.Random, sub: Subscription, moment: datetime) -> None:
    if sub.billing_period_end.date() != world.today.date:
        return  # the plan was changed in between, and its period with it
    moment = max(moment, sub.billing_period_end)
    renews = sub.auto_renew and (sub.plan_type not in tunables.PRICES or _charge(world, rng, sub, moment))
    if renews:
        _begin_period(world, sub, moment, _interval(sub))
        if world.today.date >= tunables.RESET_AT_PERIOD_END:
            _reset(world, sub, moment)
    elif sub.plan_type != "free":
        _switch(world, sub, "free", "month", moment)
    else:
        _begin_period(world, sub, moment, "month")  # nobody resets it any more


def _choose(world: World, rng: random.Random, sub: Subscription, moment: datetime) -> None:
    plan = world.chance.pick("plan", sub.user_id, tunables.AFTER_DEMO)
    if sub.plan_type == "demo" and plan:
        _buy(world, rng, sub, plan, moment)


def _upgrade(world: World, rng: random.Random, sub: Subscription, moment: datetime) -> None:
    better = {"free": "pro", "pro": "starter"}.get(sub.plan_type)
    if better:
        _buy(world, rng, sub, better, moment)


def _cancel(world: World, rng: random.Random, sub: Subscription, moment: datetime) -> None:
    """The plan stays until its period ends; nothing but this flag tells of it."""
    if sub.plan_type in tunables.PRICES:
        sub.auto_renew = False
        _touch(world, sub, moment)


def _buy(world: World, rng: random.Random, sub: Subscription, plan: str, moment: datetime) -> None:
    interval = "year" if world.chance.hits(f"yearly {plan}", sub.user_id, tunables.YEARLY_SHARE) else "month"
    _switch(world, sub, plan, interval, moment)
    if plan in tunables.PRICES and not _charge(world, rng, sub, moment):
        _switch(world, sub, "free", "month", moment)


def _switch(world: World, sub: Subscription, plan: str, interval: str, moment: datetime) -> None:
    """Overwrite the plan. What it was before is gone; the counters are kept."""
    sub.plan_type = plan
    sub.plan_name = world.chance.pick("label", sub.user_id, dict.fromkeys(tunables.LABELS[plan], 1.0))
    sub.monthly_cost_limit = tunables.COST_LIMITS.get(plan)
    for name, limit in zip(_COUNTERS, tunables.LIMITS[plan], strict=True):
        setattr(sub, f"{name}_limit", limit)
    sub.auto_renew = plan in tunables.PRICES or not world.chance.hits("free without renewal", sub.user_id, 0.3)
    if plan in tunables.PRICES:
        sub.stripe_customer_id = f"cus_{sub.user_id[:8]}"
    sub.stripe_subscription_id = f"sub_{sub.id[:8]}_{world.today.ordinal}" if plan in tunables.PRICES else None
    _begin_period(world, sub, moment, interval)


def _begin_period(world: World, sub: Subscription, moment: datetime, interval: str) -> None:
    sub.billing_period_start = moment
    sub.billing_period_end = moment + timedelta(days=365 if interval == "year" else 30)
    world.plan(sub.billing_period_end.toordinal(), PERIOD_ENDS, sub.id)
    _touch(world, sub, moment)


def _interval(sub: Subscription) -> str:
    """The row doesn't say; the length of its period does."""
    return "year" if (sub.billing_period_end - sub.billing_period_start).days > 200 else "month"


def _charge(world: World, rng: random.Random, sub: Subscription, moment: datetime) -> bool:
    """Take the price of one period. A failed payment is tried once more, some hours later."""
    if rng.random() >= tunables.FAILED_PAYMENT_SHARE:
        return _pay(world, sub, moment, "paid")
    _pay(world, sub, moment, "failed")
    again = min(moment + timedelta(hours=poisson(rng, 4) + 1), world.today.last)
    return rng.random() < tunables.RETRIED_PAYMENT_SHARE and _pay(world, sub, again, "paid")


def _pay(world: World, sub: Subscription, moment: datetime, status: str) -> bool:
    interval, ident = _interval(sub), world.new_id(schema.PAYMENTS)
    amount = tunables.PRICES[sub.plan_type][interval == "year"]
    ends = moment + timedelta(days=365 if interval == "year" else 30)
    paid_at = moment if status == "paid" else None
    world.append(
        schema.PAYMENTS,
        ident,
        sub.user_id,
        sub.plan_type,
        interval,
        amount,
        "USD",
        status,
        moment,
        ends,
        paid_at,
        moment,
    )
    if status == "paid":
        _plan_refund(world, ident, moment)
    return status == "paid"


def _plan_refund(world: World, ident: str, moment: datetime) -> None:
    if world.chance.hits("refunded", ident, tunables.REFUNDED_SHARE):
        world.plan(moment.toordinal() + world.chance.span("refund after", ident, *tunables.REFUND_AGE), REFUND, ident)

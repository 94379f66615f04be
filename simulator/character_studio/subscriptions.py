"""Plans and payments: people subscribe, renew, change plan, fail to pay, leave and come back.

Belongs here: subscriptions and payments, and the credits that come with them. Does not: how credits are used
(studio.py). A plan change marks the old row cancelled and starts a new one; a renewal changes the row in place.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.chance import choose, weighted
from simulator.character_studio import backoffice, schema, tunables, wallets
from simulator.character_studio.world import Chore, World

RENEW, REFRESH, DUN, CHANGE, CANCEL = "renew", "refresh", "dun", "change plan", "cancel plan"
SETTLE, REFUND = "settle payment", "refund payment"


def is_yearly(sub: Any) -> bool:
    return (sub.current_period_end - sub.current_period_start).days > tunables.PERIOD_DAYS["month"]


def current(world: World, user_id: str) -> Any | None:
    """The paid plan a user is on, also while its payment is overdue."""
    paid = [s for s in world.subscriptions.of(user_id) if s.tier != "free" and s.status in ("active", "past_due")]
    return paid[-1] if paid else None


def chores_of_subscription(world: World, sub: Any) -> Iterable[Chore]:
    if sub.tier == "free" or sub.status not in ("active", "past_due"):
        return
    chance, start = world.chance, sub.current_period_start
    if sub.status == "past_due":
        yield sub.current_period_end + timedelta(days=chance.span("dunned", sub.id, *tunables.DUNNING_DAYS)), DUN
    else:
        yield sub.current_period_end, RENEW
        if is_yearly(sub):
            months = max((world.today.last - start).days // 30 + 1, 1)
            yield start + timedelta(days=30 * months), REFRESH
    if chance.hits("changes plan", sub.id, tunables.PLAN_CHANGE_SHARE):
        yield sub.created_at + timedelta(days=chance.span("changes after", sub.id, *tunables.PLAN_CHANGE_AGE)), CHANGE
    stays = chance.lognormal("subscribed days", sub.id, *tunables.SUBSCRIBED_DAYS)
    yield sub.created_at + timedelta(days=min(stays, 5000)), CANCEL


def chores_of_payment(world: World, payment: Any) -> Iterable[Chore]:
    def after(name: str, days: tuple[int, int]) -> datetime:
        return payment.created_at + timedelta(days=world.chance.span(name, payment.id, *days))

    abandoned = world.chance.hits("abandoned", payment.id, tunables.NEVER_SETTLED_SHARE)
    if payment.status == "authorized" and not abandoned:
        yield after("settled after", tunables.AUTHORIZED_DAYS), SETTLE
    if payment.status != "failed" and world.chance.hits("refunded", payment.id, tunables.REFUNDED_SHARE):
        yield after("refunded after", tunables.REFUNDED_DAYS), REFUND


def open_free(world: World, user: Any) -> None:
    world.subscriptions.add(
        id=world.new_id(schema.SUBSCRIPTIONS), user_id=user.id, tier="free", status="active",
        current_period_start=user.created_at, current_period_end=user.created_at + timedelta(days=30),
        cancel_at_period_end=False, created_at=user.created_at, updated_at=user.created_at,
    )  # fmt: skip


def consider(world: World, rng: random.Random, user: Any, moment: datetime) -> None:
    """A payer who is here and on no plan may take one, take one again, or buy a pack."""
    chance = world.chance
    if not chance.hits("payer", user.id, tunables.PAYER_SHARE) or current(world, user.id) is not None:
        return
    if not chance.hits("subscriber", user.id, tunables.SUBSCRIBER_SHARE):
        if wallets.balance(world, user.id) < tunables.PACK_BELOW and rng.random() < tunables.PACK_CHANCE:
            buy_pack(world, rng, user, moment)
        return
    rows = world.subscriptions.of(user.id)
    had = [s for s in rows if s.tier != "free"]
    if had:
        waits = chance.span("returns after", had[-1].id, *tunables.RETURNS_AFTER)
        ready = chance.hits("returns", had[-1].id, tunables.RETURNS_SHARE)
        ready &= had[-1].updated_at + timedelta(days=waits) < moment
    else:
        ready = (moment - user.created_at).days >= chance.span("decides", user.id, *tunables.DECIDES_AFTER)
    if ready and rng.random() < tunables.SUBSCRIBE_CHANCE:
        tier = chance.pick("plan", f"{user.id}{len(rows)}", tunables.PLANS)
        interval = "year" if rng.random() < tunables.YEARLY_SHARE else "month"
        old = next((s for s in rows if s.status == "active"), None)
        subscribe(world, user.id, tier, interval, moment, old)


def subscribe(world: World, user_id: str, tier: str, interval: str, moment: datetime, old: Any | None) -> None:
    if old is not None:
        old.status, old.cancelled_at, old.expired_at = "cancelled", moment, old.current_period_end
        old.updated_at = moment
        world.subscriptions.touch(old)
    ident = world.new_id(schema.SUBSCRIPTIONS)
    sub = world.subscriptions.add(
        id=ident, user_id=user_id, finby_subscription_id=f"fs_{ident[:18]}", tier=tier, status="active",
        current_period_start=moment, current_period_end=moment + timedelta(days=tunables.PERIOD_DAYS[interval]),
        cancel_at_period_end=False, created_at=moment, updated_at=moment,
    )  # fmt: skip
    _charge(world, sub, moment)
    _grant_by_webhook(world, sub, moment)


def buy_pack(world: World, rng: random.Random, user: Any, moment: datetime) -> None:
    credits, amount = weighted(rng.random(), tunables.PACKS)
    payment = _pay(world, user.id, "credit_pack", amount, moment, pack_credits=credits)
    text = f"{credits} credits"
    wallets.book(world, user.id, "purchase", credits, moment, reference="credit_purchase", about=payment.id, text=text)


def _charge(world: World, sub: Any, moment: datetime, status: str | None = None) -> None:
    interval = "year" if is_yearly(sub) else "month"
    amount = Decimal(tunables.PRICES_USD[interval][sub.tier])
    more = {"tier": sub.tier, "interval": interval, "subscription_id": sub.id}
    _pay(world, sub.user_id, "subscription", amount, moment, status=status, **more)


def _pay(
    world: World, user_id: str, kind: str, amount: Decimal, moment: datetime, status: str | None = None, **more: Any
) -> Any:
    ident = world.new_id(schema.PAYMENTS)
    waits = world.chance.hits("authorized", ident, tunables.AUTHORIZED_SHARE)
    status = status or ("authorized" if waits else "succeeded")
    paid_at = moment if status == "succeeded" else None
    return world.payments.add(
        id=ident, user_id=user_id, kind=kind, amount=amount, currency="USD", status=status, paid_at=paid_at,
        created_at=moment, **more,
    )  # fmt: skip


def _grant_by_webhook(world: World, sub: Any, moment: datetime) -> None:
    """The payment webhook adds the allowance to what is left."""
    if allowance := tunables.ALLOWANCES.get(sub.tier):
        _grant(world, sub, allowance, moment, "subscription", False)


def _grant_by_refresh(world: World, sub: Any, moment: datetime) -> None:
    """The monthly refresh sets the balance to the allowance: what was left lapses, and the ledger doesn't say so."""
    if allowance := tunables.ALLOWANCES.get(sub.tier):
        _grant(world, sub, allowance, moment, "subscription_renewal", True)


def _grant(world: World, sub: Any, amount: int, moment: datetime, reference: str, sets: bool) -> None:
    kind = "subscription_grant"
    wallets.book(world, sub.user_id, kind, amount, moment, reference=reference, about=sub.id, sets_balance=sets)


# --- what is due ---------------------------------------------------------------------------------
def live(world: World) -> None:
    for action, handle in ((CHANGE, _change), (CANCEL, _cancel), (RENEW, _renew), (REFRESH, _refresh), (DUN, _dun)):
        for sub in world.due(action, world.subscriptions):
            handle(world, world.chance.rng(action, sub.id, world.today.ordinal), sub)
            world.plan(schema.SUBSCRIPTIONS.name, sub)
    for payment in world.due(SETTLE, world.payments):
        payment.status, payment.paid_at = "succeeded", world.today.at(36_000)
        world.payments.touch(payment)
    for payment in world.due(REFUND, world.payments):
        if payment.status == "succeeded":
            payment.status = "refunded"
            world.payments.touch(payment)
            if payment.pack_credits and payment.user_id in world.users.by_id:
                backoffice.take_back(world, payment.user_id, payment.pack_credits)


def _renew(world: World, rng: random.Random, sub: Any) -> None:
    end = sub.current_period_end
    if sub.status != "active" or end.date() != world.today.date:
        return
    if sub.cancel_at_period_end:
        sub.status, sub.expired_at, sub.updated_at = "expired", end, end
    elif rng.random() < tunables.RENEWAL_FAILS_SHARE:
        _charge(world, sub, end, "failed")
        sub.status, sub.updated_at = "past_due", end
    else:
        _prolong(world, rng, sub, end)
    world.subscriptions.touch(sub)


def _prolong(world: World, rng: random.Random, sub: Any, moment: datetime) -> None:
    _charge(world, sub, moment)
    length = sub.current_period_end - sub.current_period_start
    sub.status = "active"
    sub.current_period_start, sub.current_period_end = sub.current_period_end, sub.current_period_end + length
    if rng.random() >= tunables.FORGOTTEN_UPDATE_SHARE:
        sub.updated_at = moment
    refreshed, twice = rng.random() < tunables.RENEWED_BY_REFRESH, rng.random() < tunables.GRANTED_TWICE_SHARE
    if not refreshed or twice:
        _grant_by_webhook(world, sub, moment)
    if refreshed or twice:
        _grant_by_refresh(world, sub, moment + timedelta(seconds=rng.randint(1, 90)))


def _refresh(world: World, rng: random.Random, sub: Any) -> None:
    """A yearly plan is paid once and refreshed every month."""
    days = (world.today.date - sub.current_period_start.date()).days
    if sub.status == "active" and is_yearly(sub) and days % 30 == 0 and 0 < days < 360:
        _grant_by_refresh(world, sub, datetime.combine(world.today.date, sub.current_period_start.time()))


def _dun(world: World, rng: random.Random, sub: Any) -> None:
    if sub.status != "past_due":
        return
    moment = world.today.at(rng.uniform(20_000, 60_000))
    if rng.random() < tunables.PAID_AFTER_ALL_SHARE:
        _prolong(world, rng, sub, moment)
    else:
        sub.status, sub.expired_at, sub.updated_at = "expired", moment, moment
    world.subscriptions.touch(sub)


def _change(world: World, rng: random.Random, sub: Any) -> None:
    if sub.status == "active" and not sub.cancel_at_period_end and sub.current_period_end > world.today.last:
        tier = choose(rng, [t for t in tunables.PLANS if t != sub.tier])
        interval = "year" if rng.random() < tunables.YEARLY_SHARE else "month"
        subscribe(world, sub.user_id, tier, interval, world.today.at(rng.uniform(28_000, 80_000)), sub)


def _cancel(world: World, rng: random.Random, sub: Any) -> None:
    if sub.status != "active" or sub.cancel_at_period_end or sub.current_period_end <= world.today.last:
        return
    moment = world.today.at(rng.uniform(20_000, 80_000))
    sub.cancelled_at = sub.updated_at = moment
    if rng.random() < tunables.CANCELS_AT_PERIOD_END:
        sub.cancel_at_period_end = True
    else:
        sub.status, sub.expired_at = "cancelled", sub.current_period_end
    world.subscriptions.touch(sub)

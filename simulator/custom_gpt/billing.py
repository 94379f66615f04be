"""Plans and money: one subscription row per user that is changed in place, cards, and invoices.

Belongs here: subscriptions, payment_methods and billing_invoices. Does not: usage (chats.py, training.py). No history
is kept: a change overwrites the plan, a cancellation leaves it, the period never advances and no counter is reset.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from simulator.chance import choose, weighted
from simulator.custom_gpt import operations, schema, tunables
from simulator.custom_gpt.world import Chore, World, real

UPGRADE, CHANGE, CANCEL, RESUME = "upgrade", "change plan", "cancel plan", "resume plan"
MISS, RECOVER, GIVE_UP = "miss a payment", "pay what was missed", "give up collecting"
PAY, FAIL, VOID = "pay invoice", "fail invoice", "void invoice"


def wanted_tier(world: World, user: Any) -> str | None:
    """What a user will pay for one day; None: nothing."""
    return world.chance.pick("tier", user.id, tunables.UPGRADES)


def upgrade_day(world: World, user: Any) -> int:
    return world.chance.span("upgraded", user.id, *tunables.UPGRADED_AFTER)


def chores(world: World, user: Any) -> Iterable[Chore]:
    chance, ident = world.chance, user.id
    if wanted_tier(world, user) is None:
        return
    upgraded = upgrade_day(world, user)
    yield upgraded, UPGRADE
    if chance.hits("changes", ident, tunables.CHANGED_SHARE):
        yield upgraded + chance.span("changed", ident, *tunables.CHANGED_AFTER), CHANGE
    if chance.hits("cancels", ident, tunables.CANCELLED_SHARE):
        cancelled = upgraded + chance.span("cancelled", ident, *tunables.CANCELLED_AFTER)
        yield cancelled, CANCEL
        if chance.hits("resumes", ident, tunables.RESUMED_SHARE):
            yield cancelled + chance.span("resumed", ident, *tunables.RESUMED_AFTER), RESUME
    if chance.hits("misses", ident, tunables.PAST_DUE_SHARE):
        missed = upgraded + chance.span("missed", ident, *tunables.PAST_DUE_AFTER)
        yield missed, MISS
        end = chance.pick("missed end", ident, tunables.PAST_DUE_ENDS)
        if end:
            yield missed + chance.span("missed ends", ident, *tunables.PAST_DUE_ENDS_AFTER), end


def chores_of_invoice(world: World, invoice: Any) -> Iterable[Chore]:
    chance, ident = world.chance, invoice.id
    end = chance.pick("end", ident, tunables.INVOICE_ENDS)
    if end == "paid":
        yield chance.span("paid", ident, *tunables.PAID_AFTER), PAY
        return
    yield chance.span("failed", ident, *tunables.FAILED_AFTER), FAIL
    if end != "failed":
        yield chance.span("settled", ident, *tunables.PAID_LATE_AFTER), PAY if end == "late" else VOID


def plans(world: World) -> dict[str, Any]:
    """user id -> the subscription that the product uses: the first one."""
    return {plan.user_id: plan for plan in reversed(world.living(world.subscriptions))}


def open_subscription(world: World, user: Any, moment: datetime) -> Any:
    plan = world.add(
        schema.SUBSCRIPTIONS,
        user_id=user.id,
        status="active",
        monthly_tokens_used=0,
        monthly_training_hours_used=0.0,
        current_period_start=moment,
        current_period_end=moment + timedelta(days=tunables.PERIOD_DAYS),
        created_at=moment,
        updated_at=moment,
    )
    _grant(world, plan, "free")
    return plan


def book(plan: Any, tokens: int, seconds: float) -> None:
    """Raise the counters. This writer forgets updated_at, and nothing ever takes the counters back."""
    plan.monthly_tokens_used += tokens
    plan.monthly_training_hours_used = real(real(plan.monthly_training_hours_used) + seconds / 3600)


def live(world: World) -> None:
    _change_plans(world)
    for action, status in ((PAY, "paid"), (FAIL, "failed"), (VOID, "void")):
        for invoice in world.due(action, world.invoices):
            invoice.status = status
            invoice.paid_at = world.today.at(30000) if status == "paid" else None
            world.invoices.touch(invoice)
    if world.today.date >= tunables.INVOICES_SINCE:
        _send_invoices(world)


def _grant(world: World, plan: Any, tier: str) -> None:
    """Give a plan what its tier allows."""
    unlimited = None if world.today.date >= tunables.NULL_LIMITS_SINCE else tunables.UNLIMITED
    limits = [unlimited if limit == tunables.UNLIMITED else limit for limit in tunables.PLANS[tier]]
    plan.tier = tier
    plan.monthly_token_limit, plan.max_models, plan.monthly_training_hours_limit = limits
    plan.can_train_models = tier != "free"
    plan.can_use_api = tier in ("professional", "enterprise")
    plan.priority_support = tier == "enterprise"


def _change_plans(world: World) -> None:
    rng, current = world.rng("plans"), plans(world)

    def due(action: str) -> Iterable[tuple[Any, Any, datetime]]:
        for user in world.due(action, world.users):
            if user.id in current:
                yield user, current[user.id], world.today.at(rng.uniform(20000, 70000))

    for user, plan, moment in due(UPGRADE):
        plan.stripe_customer_id = f"cus_{rng.getrandbits(56):014x}"
        plan.stripe_subscription_id = f"sub_{rng.getrandbits(56):014x}"
        world.add(
            schema.PAYMENT_METHODS,
            user_id=user.id,
            stripe_payment_method_id=f"pm_{rng.getrandbits(56):014x}",
            type="card",
            brand=weighted(rng.random(), tunables.CARDS),
            last_four=f"{rng.randrange(10000):04d}",
            exp_month=rng.randint(1, 12),
            exp_year=world.today.date.year + rng.randint(1, 4),
            is_default=True,
            created_at=moment,
        )
        _move(world, user, plan, wanted_tier(world, user) or "individual", moment)
    for user, plan, moment in due(CHANGE):
        if plan.status == "active":
            _move(world, user, plan, choose(rng, [t for t in tunables.PRICE_CENTS if t != plan.tier]), moment)
    for user, plan, moment in due(CANCEL):
        plan.status, plan.updated_at = "cancelled", moment
        world.subscriptions.touch(plan)
        operations.audit(world, moment, user.id, "subscription.cancel", "subscription", plan.id)
    for user, plan, moment in due(RESUME):
        if plan.status == "cancelled":
            plan.status = "active"
            _move(world, user, plan, plan.tier, moment)
    for action, before, after in (
        (MISS, "active", "past_due"),
        (RECOVER, "past_due", "active"),
        (GIVE_UP, "past_due", "unpaid"),
    ):
        for _, plan, _ in due(action):  # told by the payment provider: nobody sets updated_at
            if plan.status == before:
                plan.status = after
                world.subscriptions.touch(plan)


def _move(world: World, user: Any, plan: Any, tier: str, moment: datetime) -> None:
    _grant(world, plan, tier)
    plan.updated_at = moment
    world.subscriptions.touch(plan)
    if not world.chance.hits("stale tier", (user.id, world.today.ordinal), tunables.STALE_TIER_SHARE):
        user.subscription_tier = tier
    if plan.can_use_api and user.api_key is None:
        user.api_key, user.api_key_created_at = f"cgpt_{world.chance.uuid('api key', user.id)}", moment
        user.updated_at = moment
    world.users.touch(user)
    operations.audit(
        world,
        moment,
        user.id,
        "subscription.update",
        "subscription",
        plan.id,
        values={"tier": tier, "mail": user.email},
    )


def _send_invoices(world: World) -> None:
    rng = world.rng("invoices")
    for plan in world.living(world.subscriptions):
        age = world.today.ordinal - plan.created_at.toordinal()
        if plan.status not in ("active", "past_due") or plan.tier == "free" or age % tunables.PERIOD_DAYS:
            continue
        moment = world.today.at(7200)
        world.add(
            schema.INVOICES,
            user_id=plan.user_id,
            stripe_invoice_id=f"in_{rng.getrandbits(56):014x}",
            amount_cents=tunables.PRICE_CENTS[plan.tier],
            currency="USD",
            status="pending",
            billing_period_start=world.today.start,
            billing_period_end=world.today.start + timedelta(days=tunables.PERIOD_DAYS),
            created_at=moment,
        )

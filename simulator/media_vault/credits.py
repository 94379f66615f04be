"""Credits: the wallet, the ledger, the monthly reset and the packs that are bought.

Belongs here: every movement of a balance. Does not: what the credits are spent on (content.py). A reset *sets* the
balance: what was left lapses, and only the later versions of the product book that.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from simulator.chance import weighted
from simulator.media_vault import schema, tunables
from simulator.media_vault.tracking import Visit
from simulator.media_vault.world import DAY_END, Record, World


def open_wallet(world: World, user: Record, moment: datetime) -> None:
    world.add(
        world.wallets,
        user_id=user.id,
        balance=0,
        tier="free",
        monthly_allocation=tunables.ALLOWANCES["free"],
        next_refresh_at=_next_month(moment),
        total_earned=0,
        total_spent=0,
        updated_at=moment,
    )
    book(world, user.id, moment, "signup_bonus", tunables.SIGNUP_BONUS)


def book(
    world: World,
    user_id: str,
    moment: datetime,
    kind: str,
    amount: int,
    feature: str | None = None,
    reference: str | None = None,
    to: int | None = None,
) -> None:
    """One movement. The balance goes by its amount, or, as a reset does it, to `to` whatever it was."""
    wallet = world.wallets.rows[user_id]
    wallet.balance = wallet.balance + amount if to is None else to
    if kind in ("usage", "admin_revoke"):
        wallet.total_spent -= amount
    elif kind != "expired":
        wallet.total_earned += amount  # refunds too, so the counter says more than was ever given
    wallet.updated_at = moment
    world.wallets.touch(wallet)
    row = (world.number(schema.LEDGER), user_id, kind, amount, wallet.balance, feature, reference, moment)
    world.append(schema.LEDGER, *row)


def reset(world: World, moment: datetime, _: object) -> None:
    """The first of the month: one wallet after the other, but for accounts that are switched off."""
    for number, user in enumerate(world.users.rows.values()):
        wallet = world.wallets.rows.get(user.id)
        if wallet and user.is_active is not False:
            refill(world, wallet, moment + timedelta(milliseconds=20 * number))


def refill(world: World, wallet: Record, moment: datetime) -> None:
    """Set the balance to the allowance of the tier."""
    allowance = wallet.monthly_allocation
    if world.day >= tunables.LAPSE_BOOKED_SINCE and wallet.balance > 0:
        book(world, wallet.user_id, moment, "expired", -wallet.balance)
    wallet.next_refresh_at = _next_month(moment)
    book(world, wallet.user_id, moment, "allocation", allowance, to=allowance)


def spend(visit: Visit, feature: str, price: int, reference: str | None) -> bool:
    """Pay for a caption, an image or a session; a generation that fails is paid back. True if there is a result."""
    world, rng, user_id = visit.world, visit.rng, visit.user.id
    wallet = world.wallets.rows[user_id]
    if wallet.balance < price:
        return False
    if rng.random() < tunables.UNBOOKED_SPENDING_SHARE:
        wallet.balance -= price
        world.wallets.touch(wallet)
        return True
    book(world, user_id, visit.moment, "usage", -price, feature, reference)
    if feature in tunables.PRICES and rng.random() < tunables.FAILED_SHARE:
        book(world, user_id, visit.moment + timedelta(seconds=9), "refund", price, feature, reference)
        return False
    return True


def session_price(day: date) -> int:
    return [price for since, price in tunables.SESSION_PRICES if since <= day][-1]


def consider_buying(visit: Visit) -> None:
    """A pack for somebody of a paying tier. The payment is done at once, refused at once, or hangs for days."""
    world, rng, wallet = visit.world, visit.rng, visit.world.wallets.rows[visit.user.id]
    if wallet.tier == "free" or rng.random() >= tunables.BUY_CHANCE:
        return
    package = weighted(rng.random(), tunables.PACK_WEIGHTS)
    credits, cents = tunables.PACKS[package]
    provider = weighted(rng.random(), tunables.PROVIDERS)
    if tunables.CURRENCIES[provider] == "XTR":
        cents = round(cents / tunables.CENTS_PER_STAR)
    number = world.number(schema.PURCHASES)
    purchase = world.add(
        world.purchases,
        id=number,
        user_id=wallet.user_id,
        package=package,
        credits=credits,
        amount_cents=cents,
        currency=tunables.CURRENCIES[provider],
        provider=provider,
        status="pending",
        external_id=f"{provider}-{world.chance.uuid('payments', number)}",
        completed_at=None,
        created_at=visit.moment,
    )
    draw = rng.random()
    if draw < tunables.PAID_AT_ONCE_SHARE:
        _complete(world, purchase, min(visit.moment + timedelta(seconds=40), world.start + DAY_END))
    elif draw < tunables.PAID_AT_ONCE_SHARE + tunables.FAILED_AT_ONCE_SHARE:
        purchase.status = "failed"


def settle(world: World, moment: datetime, number: int) -> None:
    """What hung is paid or not."""
    purchase = world.purchases.rows.get(number)
    if purchase and purchase.status == "pending":
        if world.chance.hits("paid later", number, tunables.PAID_LATER_SHARE):
            _complete(world, purchase, moment)
        else:
            purchase.status = "failed"
        world.purchases.touch(purchase)


def pay_back(world: World, moment: datetime, number: int) -> None:
    """A completed purchase is refunded, and what is left of its credits is taken back."""
    purchase = world.purchases.rows.get(number)
    if purchase and purchase.status == "completed":
        purchase.status = "refunded"
        world.purchases.touch(purchase)
        taken = min(purchase.credits, world.wallets.rows[purchase.user_id].balance)
        if taken:
            book(world, purchase.user_id, moment, "admin_revoke", -taken, reference=str(number))


def _complete(world: World, purchase: Record, moment: datetime) -> None:
    purchase.status, purchase.completed_at = "completed", moment
    book(world, purchase.user_id, moment, "purchase", purchase.credits, reference=str(purchase.id))


def _next_month(moment: datetime) -> datetime:
    return datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1)

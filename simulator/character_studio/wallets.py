"""Credits: every movement of a balance, and the row it leaves in the ledger.

Belongs here: user_credits and credit_transactions. Does not: why credits move (subscriptions.py, studio.py,
backoffice.py). The counters are kept as the product keeps them: a refund by the service lowers total_spent, one by an
administrator raises total_earned; the monthly refresh books its full amount, yet sets the balance.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.character_studio import schema, tunables
from simulator.character_studio.world import TICK, World

LOW_BALANCE = 50


def open_wallet(world: World, user: Any) -> None:
    world.credits.add(
        id=world.new_id(schema.CREDITS), user_id=user.id, balance=0, total_earned=0, total_spent=0,
        created_at=user.created_at, updated_at=user.created_at,
    )  # fmt: skip
    book(world, user.id, "bonus", tunables.SIGNUP_CREDITS, user.created_at, text="Welcome bonus")


def balance(world: World, user_id: str) -> int:
    return world.credits.of(user_id)[0].balance


def book(
    world: World,
    user_id: str,
    kind: str,
    amount: int,
    moment: datetime,
    *,
    reference: str | None = None,
    about: str | None = None,
    text: str | None = None,
    quality: str | None = None,
    sets_balance: bool = False,
    spends: bool = False,
    moves: bool = True,
) -> None:
    """One movement. Movements of a wallet follow each other in time, so that each builds on the balance before it."""
    (wallet,) = world.credits.of(user_id)
    moment = min(max(moment, wallet.updated_at + TICK), world.today.last)
    if moves:
        wallet.balance = amount if sets_balance else wallet.balance + amount
        if spends:
            wallet.total_spent -= amount
        else:
            wallet.total_earned += max(amount, 0)
        if wallet.balance < LOW_BALANCE and kind == "generation" and wallet.low_balance_warning_shown is None:
            wallet.low_balance_warning_shown = moment
    wallet.updated_at = moment
    world.credits.touch(wallet)
    world.ledger.add(
        id=world.new_id(schema.LEDGER), user_id=user_id, type=kind, amount=amount, balance_after=wallet.balance,
        reference_type=reference, reference_id=about, description=text, quality_mode=quality, created_at=moment,
    )  # fmt: skip


def refund_by_service(world: World, job: Any, moment: datetime) -> None:
    """The service gives back what a failed job cost, without saying for which."""
    book(world, job.user_id, "refund", job.credits_used, moment, reference="refund", text="Job failed", spends=True)


def refund_by_administrator(world: World, job: Any, moment: datetime) -> None:
    text = "Refund by support"
    book(world, job.user_id, "refund", job.credits_used, moment, reference="admin_action", about=job.id, text=text)

"""Partner wallets: who may book events, and the credits that move.

Belongs here: the two kinds of reseller behind one face, top-ups, refunds, usage and adjustments. Does not: allocation
to a single event (events.py), which the ledger never sees. credits_total is what was ever bought, credits_used what
was ever allocated to events; available is the difference. The ledger wallet_transactions lacks initial credits,
allocations and transfers to clients, as the product's does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.chance import choose, poisson, weighted
from simulator.photobooth import direct, schema, tunables
from simulator.photobooth.entities import Partner, Profile
from simulator.photobooth.world import World


@dataclass(frozen=True)
class Reseller:
    """A partner row, or a profile with role partner that has no such row (a virtual partner)."""

    account: Partner | Profile
    tier: str

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def virtual(self) -> bool:
        return isinstance(self.account, Profile)

    @property
    def user_id(self) -> str | None:
        return self.account.id if isinstance(self.account, Profile) else self.account.user_id

    @property
    def email(self) -> str | None:
        return self.account.email if isinstance(self.account, Profile) else self.account.contact_email

    @property
    def available(self) -> int:
        if isinstance(self.account, Profile):
            return self.account.credits or 0
        return (self.account.credits_total or 0) - (self.account.credits_used or 0)

    def grant(self, world: World, credits: int, moment: datetime) -> None:
        """More (or, below zero, fewer) credits bought; this writer keeps updated_at."""
        if isinstance(self.account, Profile):
            self.account.credits = max(0, (self.account.credits or 0) + credits)
            world.profiles.touch(self.account)
        else:
            self.account.credits_total = (self.account.credits_total or 0) + credits
            world.partners.touch(self.account)
        self.account.updated_at = moment

    def allocate(self, world: World, credits: int) -> None:
        """Credits go to an event; this writer forgets updated_at. A virtual partner has no counter for it."""
        if isinstance(self.account, Partner):
            self.account.credits_used = (self.account.credits_used or 0) + credits
            world.partners.touch(self.account)


def resellers(world: World) -> list[Reseller]:
    """Everyone who can book events today: active partners by rank, then virtual ones."""
    known_users = {p.user_id for p in world.partners.rows}
    known_mails = {(p.contact_email or "").lower() for p in world.partners.rows}
    found = [
        Reseller(partner, tunables.TIERS[rank % len(tunables.TIERS)])
        for rank, partner in enumerate(world.partners.rows)
        if partner.is_active is not False
    ]
    for profile in world.profiles.rows:
        if profile.role == "partner" and profile.id not in known_users:
            if (profile.email or "").lower() not in known_mails and profile.partner_id is None:
                found.append(Reseller(profile, "virtual"))
    return found


def top_up(world: World, rng: random.Random, reseller: Reseller, moment: datetime, needed: int = 0) -> None:
    """Buy the smallest usual amount that covers what is needed."""
    enough = [size for size in tunables.TOP_UPS if size >= needed]
    # Small buyers buy little at a time; whoever works every weekend stocks up.
    amount = choose(rng, enough[:2]) if enough else -(-needed // 1000) * 1000
    if reseller.tier == "power":
        amount = max(amount, 200)
    _book(world, reseller, moment, "top-up", amount, choose(rng, ("Credit purchase", "Top up by transfer", None)))
    world.log(moment, "credit_topup", partner_id=reseller.id, details={"credits": amount})
    reseller.grant(world, amount, moment)
    if not reseller.virtual and rng.random() < tunables.TOP_UP_PAID_ONLINE_SHARE:
        price = amount * tunables.CREDIT_PRICE_ARS
        direct.notify(world, rng, moment, reseller.id, amount, price, reseller.email)


def live(world: World, sellers: list[Reseller]) -> None:
    """The other movements: spread over the resellers, a few each month."""
    if not sellers:
        return
    rng = world.rng("wallets")
    rates = tunables.WALLET_EXTRAS_PER_MONTH
    for _ in range(poisson(rng, sum(rates.values()) * len(sellers) / 30)):
        reseller = choose(rng, sellers)
        created = reseller.account.created_at
        moment = world.late(rng, world.today.at(rng.uniform(43200, 82000)), created + timedelta(minutes=5))
        match weighted(rng.random(), rates):
            case "top-up":
                top_up(world, rng, reseller, moment)
            case "refund":
                amount = choose(rng, (20, 30, 50))
                _book(world, reseller, moment, "refund", amount, "Refund for a cancelled event")
                reseller.grant(world, amount, moment)
            case "usage":
                amount = min(choose(rng, (5, 10, 20)), reseller.available)
                if amount > 0:
                    _book(world, reseller, moment, "usage", amount, "Prints at the booth")
                    reseller.allocate(world, amount)
            case _:
                _adjust(world, rng, reseller, moment)


def _adjust(world: World, rng: random.Random, reseller: Reseller, moment: datetime) -> None:
    """An administrator corrects a balance; the amount is unsigned, so the sign hides in the description, or nowhere."""
    amount = choose(rng, (10, 20, 40))
    sign = -1 if rng.random() < 0.5 and reseller.available >= amount else 1
    ticket = rng.randint(10, 999)
    text = f"Manual adjustment {'-' if sign < 0 else '+'}{amount} credits (ticket {ticket})"
    if sign > 0 and rng.random() < tunables.UNSIGNED_ADJUSTMENT_SHARE:
        text = f"Balance corrected by administrator (ticket {ticket})"
    _book(world, reseller, moment, "adjustment", amount, text)
    reseller.grant(world, sign * amount, moment)


def _book(world: World, reseller: Reseller, moment: datetime, kind: str, amount: int, text: str | None) -> None:
    admin = next((p.id for p in world.profiles.rows if p.is_master), None) if kind != "top-up" or text else None
    world.append(schema.WALLET, world.new_id(schema.WALLET), moment, reseller.id, amount, kind, text, admin)

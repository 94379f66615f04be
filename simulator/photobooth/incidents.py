"""Rare days on which something goes wrong or stands out: what an operator is called for.

Belongs here: the provider failing at the height of a party, a year paid in advance. Does not: what happens every day
(the other modules), outages of components and guessed passwords (operations.py). Each kind has its own days
and its own generator, and comes last on its day: the rest of the world stays as it was without it.
"""

from __future__ import annotations

import random
from datetime import timedelta

from simulator.chance import choose
from simulator.photobooth import direct, parties, photos, tunables
from simulator.photobooth.catalogue import Offer
from simulator.photobooth.entities import Event
from simulator.photobooth.world import World


def live(world: World, offer: Offer) -> None:
    for theme, share in tunables.INCIDENT_DAY_SHARES.items():
        if world.chance.hits(theme, world.today.ordinal, share):
            rng = world.rng(theme)
            match theme:
                case "provider fails":
                    _provider_fails(world, rng, offer)
                case "year prepaid":
                    _year_prepaid(world, rng)


def _provider_fails(world: World, rng: random.Random, offer: Offer) -> None:
    """Everybody presses at once at the height of tonight's best supplied party, and much of it fails."""
    event = max(_tonight(world), key=lambda e: (_left(e), e.id), default=None)
    if event is None:
        return
    moment = parties.party_of(world.chance, event.id, event.event_type, event.created_at).peak
    for _ in range(min(tunables.RUSH_ATTEMPTS, _left(event))):
        moment += timedelta(seconds=rng.randint(4, 9))
        status = "failed" if rng.random() < tunables.RUSH_FAILED_SHARE else "success"
        style = offer.of_event(rng, event.selected_styles)
        event.credits_used = (event.credits_used or 0) + 1
        photos.record(world, rng, moment, status, style, user_id=None, event_id=event.id, charged=1)
    world.events.touch(event)


def _tonight(world: World) -> list[Event]:
    recent = world.today.start - timedelta(days=parties.LONGEST_DAYS)
    return [
        e
        for e in world.events.rows
        if e.id in world.events.by_id and e.is_active is not False and recent < e.created_at < world.today.start
        and parties.party_of(world.chance, e.id, e.event_type, e.created_at).peak.date() == world.today.date
    ]  # fmt: skip


def _left(event: Event) -> int:
    return max(0, (event.credits_allocated or 0) - (event.credits_used or 0))


def _year_prepaid(world: World, rng: random.Random) -> None:
    """A partner pays its contract for a year at once. The notification carries its id and no credits."""
    contracts = [c for c in world.contracts.rows if c.status == "active" and c.currency == "ARS"]
    large = [c for c in contracts if c.monthly_value * 12 > tunables.PREPAID_FROM_ARS]
    if large:
        contract = choose(rng, large)
        partner = world.partners.by_id.get(contract.partner_id)
        amount = int(contract.monthly_value * 12)
        email = partner.contact_email if partner else None
        direct.notify(world, rng, world.today.at(rng.uniform(46800, 75600)), contract.partner_id, 0, amount, email)

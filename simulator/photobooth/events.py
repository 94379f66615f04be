"""Events: booked by resellers for a coming night, sometimes deleted, sometimes switched off.

Belongs here: rows of events and where their budget comes from. Does not: the party itself (parties.py). An event
linked to a client draws on the client's credits; any other one is booked in the partner's credits_used, and deleting
it gives nothing back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from simulator.chance import choose, poisson, weighted
from simulator.photobooth import entities, names, parties, schema, tunables, wallets
from simulator.photobooth.catalogue import Offer
from simulator.photobooth.entities import Client, Event
from simulator.photobooth.parties import Party
from simulator.photobooth.partners import mistaken
from simulator.photobooth.wallets import Reseller
from simulator.photobooth.world import Chore, World

DELETE = "delete event"
SWITCH_OFF = "switch event off"
_TITLES = {"wedding": "Boda", "corporate": "Encuentro", "birthday_15": "Quince", "party": "Fiesta", "other": "Evento"}


def chores_of_event(world: World, event: Event) -> Iterable[Chore]:
    chance = world.chance
    if chance.hits("deleted event", event.id, tunables.DELETED_EVENT_SHARE):
        age = chance.span("deleted event after", event.id, *tunables.DELETED_EVENT_AGE)
        yield event.created_at.toordinal() + age, DELETE
    if chance.hits("switched off", event.id, tunables.SWITCHED_OFF_SHARE):
        night = parties.party_of(chance, event.id, event.event_type, event.created_at).closes
        yield night.toordinal() + chance.span("switched off after", event.id, 2, 30), SWITCH_OFF


def live(world: World, sellers: list[Reseller], offer: Offer) -> None:
    _delete_and_switch(world)
    rng = world.rng("events")
    season = tunables.SEASON[world.today.date.month - 1]
    spare: dict[str, list[Client]] = {}
    for client in world.clients.rows:
        if not mistaken(world, client) and client.id in world.clients.by_id:
            spare.setdefault(client.partner_id, []).append(client)
    for seller in sellers:
        for _ in range(poisson(rng, _rate(world, seller) * season / 30)):
            _book(world, rng, seller, spare.get(seller.id, []), offer)
    for _ in range(poisson(rng, tunables.PLATFORM_EVENTS_PER_MONTH * world.scale / 30)):
        _book(world, rng, None, [], offer)


def _rate(world: World, seller: Reseller) -> float:
    """Events per month: a newcomer starts slowly, some stop for good."""
    age = world.today.ordinal - seller.account.created_at.toordinal()
    life = tunables.ACTIVE_DAYS[seller.tier]
    if seller.tier == "fading" and life and age > world.chance.span("fading", seller.id, *life):
        return 0.0
    share, days = tunables.EVENT_RAMP
    return tunables.EVENTS_PER_MONTH[seller.tier] * min(1.0, share + (1 - share) * age / days)


def _book(world: World, rng: random.Random, seller: Reseller | None, clients: list[Client], offer: Offer) -> None:
    ident = world.new_id(schema.EVENTS)
    moment = world.today.at(rng.uniform(43200, 84000))
    kind = weighted(rng.random(), tunables.EVENT_TYPES) if rng.random() >= 0.05 else None
    party = parties.party_of(world.chance, ident, kind, moment)
    factor = tunables.BUDGET_FACTOR[seller.tier if seller else "active"]
    budget = max(10, int(round(party.wanted * factor * rng.uniform(0.9, 1.15), -1)))
    client = _fund(world, rng, seller, clients, budget, moment) if seller else None
    event = _row(rng, ident, seller, client, kind, party, budget, moment, offer)
    world.events.add(event)
    actor = world.profiles.by_id.get((seller.user_id if seller else None) or "")
    partner_id = seller.id if seller else None
    world.log(moment, "event_created", partner_id=partner_id, event_id=ident, user=actor, details={"credits": budget})


def _fund(
    world: World, rng: random.Random, seller: Reseller, clients: list[Client], budget: int, moment: datetime
) -> Client | None:
    """Allocate the budget. Returns the client that pays, or None when it is the reseller."""
    client = choose(rng, clients) if clients and rng.random() < tunables.LINKED_TO_CLIENT_SHARE else None
    if client:
        missing = budget - (client.credits_total or 0) + (client.credits_used or 0)
        if missing > 0:  # the partner hands over credits: no row tells of it
            client.credits_total = (client.credits_total or 0) + -(-missing // 50) * 50
        client.credits_used = (client.credits_used or 0) + budget
        world.clients.touch(client)
        return client
    if seller.available < budget:
        wallets.top_up(world, rng, seller, moment, budget - seller.available)
    seller.allocate(world, budget)
    return None


def _row(
    rng: random.Random,
    ident: str,
    seller: Reseller | None,
    client: Client | None,
    kind: str | None,
    party: Party,
    budget: int,
    moment: datetime,
    offer: Offer,
) -> Event:
    host = client.name if client else names.person(rng)
    title = _TITLES[kind or "other"]
    dated = rng.random() >= tunables.NO_DATES_SHARE
    by_text = client is None and rng.random() < 0.3  # older screens typed the client into the event
    styles = list(offer.popularity)
    chosen = sorted(rng.sample(styles, min(rng.randint(4, 9), len(styles)))) if rng.random() < 0.8 else None
    return entities.Event(
        id=ident,
        partner_id=seller.id if seller else None,
        client_id=client.id if client else None,
        event_name=f"{title} de {host}",
        event_slug=f"{title}-{host}-{ident[:13]}".lower().replace(" ", "-"),
        client_name=host if by_text else None,
        client_email=names.email(rng, host, ident) if by_text else None,
        client_access_pin=f"{rng.randrange(10000):04d}",
        credits_allocated=budget,
        credits_used=0,
        start_date=party.opens if dated else None,
        end_date=party.closes if dated else None,
        selected_styles=chosen,
        config='{"welcome_text": "Bienvenidos"}',
        is_active=None if rng.random() < 0.15 else True,
        event_type=kind,
        created_at=moment,
        updated_at=moment,
    )


def _delete_and_switch(world: World) -> None:
    for ident in world.due(SWITCH_OFF):
        event = world.events.by_id.get(ident)
        if event:
            event.is_active, event.updated_at = False, world.today.at(50000)
            world.events.touch(event)
    for ident in world.due(DELETE):
        event = world.events.by_id.get(ident)
        if event:
            world.events.remove(event)
            world.log(world.today.at(51000), "event_deleted", partner_id=event.partner_id, event_id=ident)

"""Parties: the nights of the events, and the photos that guests take there.

Belongs here: when a party is, which photos come on which day, consumption of the event's budget. Does not: booking,
deleting or switching off an event (events.py). The night, the number of guests and the moment of every photo are
traits of the event's id: each later day can ask again.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulator.chance import Chance
from simulator.photobooth import photos, tunables
from simulator.photobooth.catalogue import Offer
from simulator.photobooth.entities import Event
from simulator.photobooth.wallets import Reseller
from simulator.photobooth.world import World

PARTY = "party"
LONGEST_DAYS = 60  # from the booking of an event to its last photo, with a margin
_PARTY_NIGHTS = {5: 0.55, 4: 0.25, 6: 0.1, 3: 0.1}  # weekday: weight, Monday = 0
_OFFICE_NIGHTS = {1: 0.25, 2: 0.3, 3: 0.35, 4: 0.1}
_OFFLINE_SHARE = 0.05  # booths without a network send their photos the next day
_MAX_DENIED = 3  # guests give up when the booth refuses them


@dataclass(frozen=True)
class Party:
    """Peak of the party (local midnight is 03:00 UTC), and how many photos guests want to take."""

    peak: datetime
    wanted: int

    @property
    def opens(self) -> datetime:
        return self.peak - timedelta(hours=4, minutes=30)

    @property
    def closes(self) -> datetime:
        return self.peak + timedelta(hours=5)


def party_of(chance: Chance, event_id: str, kind: str | None, booked: datetime) -> Party:
    office = kind == "corporate"
    night = booked.date() + timedelta(days=chance.span("lead", event_id, *tunables.LEAD_DAYS))
    weekday = chance.pick("weekday", event_id, _OFFICE_NIGHTS if office else _PARTY_NIGHTS)
    night += timedelta(days=(weekday - night.weekday()) % 7)
    midnight = datetime(night.year, night.month, night.day, tzinfo=UTC) + timedelta(hours=27)
    peak = midnight - timedelta(hours=2.5 if office else 0)
    median = tunables.PHOTOS_PER_EVENT.get(kind or "other", tunables.PHOTOS_PER_EVENT["other"])
    wanted = chance.lognormal("guests", event_id, median, tunables.PHOTOS_SPREAD)
    return Party(peak, max(5, min(300, round(wanted))))


def moments(chance: Chance, event: Event) -> dict[int, list[datetime]]:
    """The photos guests will want to take: day they become visible -> moments they say they were taken."""
    party = party_of(chance, event.id, event.event_type, event.created_at)
    rng = chance.rng("party", event.id)
    offline = rng.random() < _OFFLINE_SHARE
    seen: dict[int, list[datetime]] = defaultdict(list)
    for _ in range(party.wanted):
        shift = rng.gauss(0, 100)
        if not -270 < shift < 300:
            shift = rng.uniform(-240, 280)
        taken = party.peak + timedelta(minutes=shift)
        if event.start_date is None and rng.random() < tunables.NO_DATES_TAIL_SHARE:
            taken += timedelta(days=rng.uniform(0.5, 9))
        taken = taken.replace(microsecond=0)
        draw, shown = rng.random(), taken
        if draw < tunables.VERY_LATE_SHARE:
            shown += timedelta(days=rng.randint(*tunables.VERY_LATE_DAYS))
        elif offline:
            shown += timedelta(hours=18)
        elif draw < tunables.LATE_SHARE:
            shown += timedelta(hours=rng.uniform(*tunables.LATE_HOURS))
        seen[shown.toordinal()].append(taken)
    return seen


class Diary:
    """The moments of the parties still ahead, worked out once per event."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[int, list[datetime]]] = {}

    def chores(self, world: World, event: Event) -> list[tuple[int, str]]:
        if event.created_at < world.today.start - timedelta(days=LONGEST_DAYS):
            return []
        seen = {day: taken for day, taken in moments(world.chance, event).items() if day > world.today.ordinal}
        if seen:
            self._seen[event.id] = seen
        return [(day, PARTY) for day in seen]

    def take(self, world: World, event_id: str) -> list[datetime]:
        seen = self._seen.get(event_id, {})
        today = seen.pop(world.today.ordinal, [])
        if not seen:
            self._seen.pop(event_id, None)
        return sorted(today)


def live(world: World, diary: Diary, offer: Offer, sellers: list[Reseller]) -> None:
    by_id = {seller.id: seller for seller in sellers}
    for ident in world.due(PARTY):
        taken = diary.take(world, ident)
        event = world.events.by_id.get(ident)
        if event and event.is_active is not False:
            _guests(world, offer, event, taken, by_id.get(event.partner_id or ""))


def _guests(world: World, offer: Offer, event: Event, taken: list[datetime], owner: Reseller | None) -> None:
    """Credits are taken first and never given back; a failed photo costs as much as a good one."""
    rng = world.chance.rng("guests", event.id, world.today.ordinal)
    may_top_up = world.chance.hits("tops up", event.id, tunables.EVENT_TOP_UP_CHANCE)
    denied = 0
    for moment in taken:
        style = offer.of_event(rng, event.selected_styles)
        if (event.credits_used or 0) >= (event.credits_allocated or 0):
            if not (may_top_up and _top_up(world, event, owner)):
                photos.record(world, rng, moment, "denied_no_credit", style, user_id=None, event_id=event.id)
                denied += 1
                if denied == _MAX_DENIED:
                    return
                continue
        host = owner.user_id if owner and rng.random() < tunables.HOST_PHOTO_SHARE else None
        ended, status = _shoot(world, rng, event, moment, style, host)
        room = (event.credits_used or 0) < (event.credits_allocated or 0)
        if status != "success" and room and rng.random() < tunables.RETRY_CHANCE:
            again = min(ended + timedelta(seconds=rng.randint(3, 40)), world.today.end - timedelta(seconds=1))
            _shoot(world, rng, event, again, style, host)


def _shoot(
    world: World, rng: random.Random, event: Event, moment: datetime, style: str | None, host: str | None
) -> tuple[datetime, str]:
    status = photos.outcome(world, rng, moment)
    event.credits_used = (event.credits_used or 0) + 1
    world.events.touch(event)
    ended = photos.record(world, rng, moment, status, style, user_id=host, event_id=event.id, charged=1)
    return ended, status


def _top_up(world: World, event: Event, owner: Reseller | None) -> bool:
    """Raise the budget of a running event: from the credits of the client it is linked to, else from the partner's."""
    more = max(10, (event.credits_allocated or 0) // 50 * 10)
    client = world.clients.by_id.get(event.client_id or "")
    if client:
        if (client.credits_total or 0) - (client.credits_used or 0) < more:
            return False
        client.credits_used = (client.credits_used or 0) + more
        world.clients.touch(client)
    elif owner is None or owner.available < more:
        return False
    else:
        owner.allocate(world, more)
    event.credits_allocated = (event.credits_allocated or 0) + more
    world.events.touch(event)
    return True

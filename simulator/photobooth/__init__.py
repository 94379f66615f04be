"""photobooth: a photo-booth platform with resellers, simulated day by day.

Belongs here: the order in which the parts of a day happen, and where a database stands. Does not: the parts
themselves.

    schema     the thirteen tables            tunables   every number
    world      memory, agenda, outgoing rows  entities   rows of the small tables
    catalogue  styles                         accounts   sign-ups, favourites, deletions
    direct     sessions, balances, payments   partners   resellers, clients, contracts
    wallets    partner credits                events     bookings
    parties    guests and their photos        photos     attempts and photos
    operations health checks, back office     incidents  days that stand out
    names      synthetic people
"""

from __future__ import annotations

from datetime import date

from simulator.photobooth import (
    accounts,
    catalogue,
    direct,
    events,
    incidents,
    operations,
    parties,
    partners,
    photos,
    schema,
    wallets,
)
from simulator.photobooth.world import WORLD_START, World
from simulator.targets.base import Target

TABLES = schema.TABLES
START = WORLD_START


def position(target: Target) -> date | None:
    """The last day the database has lived; None when nothing is there yet.

    Health checks tell it exactly. Where they are switched off (an optional table), the newest of the other rows has
    to do.
    """
    checked = target.latest(schema.UPTIME)
    if checked is None:
        known = [target.latest(table) for table in (schema.LOGS, schema.ATTEMPTS, schema.GENERATIONS, schema.PAYMENTS)]
        checked = max((moment for moment in known if moment), default=None)
    return checked.date() if checked else None


class Simulation:
    """One database of photobooth, carried on from where it stands."""

    def __init__(self, target: Target, scale: float, seed: int, stands: date | None) -> None:
        self._target = target
        self._world = World(seed, scale)
        self._crowd = direct.Crowd()
        self._diary = parties.Diary()
        self._world.on_change.append(self._crowd.follow)
        self._world.chores = {
            "profiles": partners.chores_of_profile,
            "partners": partners.chores_of_partner,
            "clients": partners.chores_of_client,
            "partner_contracts": partners.chores_of_contract,
            "favorites": accounts.chores_of_favorite,
            "events": lambda world, event: [*events.chores_of_event(world, event), *self._diary.chores(world, event)],
        }
        if stands is not None:
            self._world.load(target, stands)
            photos.load(self._world, target, stands)

    @property
    def waiting(self) -> int:
        return self._world.waiting

    def live(self, day: date) -> None:
        """Live one day. Whoever comes into being today acts from tomorrow on."""
        world = self._world
        world.begin(day)
        if day == WORLD_START:
            catalogue.found(world)
            accounts.found(world)
            partners.found(world)
        else:
            offer = catalogue.Offer(world)
            sellers = wallets.resellers(world)
            catalogue.live(world)
            accounts.live(world)
            direct.live(world, self._crowd, offer)
            partners.live(world, sellers)
            wallets.live(world, sellers)
            events.live(world, sellers, offer)
            parties.live(world, self._diary, offer, sellers)
            photos.live(world)
        operations.live(world, [] if day == WORLD_START else sellers)
        if day != WORLD_START:
            incidents.live(world, offer)
        world.settle()
        world.forget_past()

    def write(self) -> tuple[dict[str, int], int, int]:
        """Write all days lived since the last call, in one transaction."""
        return self._world.write(self._target)

"""media_vault: media sessions, captions and community sharing, simulated day by day.

Belongs here: the order of a day, and where a database stands. Does not: what happens on it.

    schema   the thirteen tables       tunables   every number
    world    memory, outgoing rows     people     sign-ups, referrals, tiers, deletions
    credits  wallets, packs, resets    content    visits and what they leave
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from simulator.media_vault import content, credits, people, schema, tunables
from simulator.media_vault.world import World
from simulator.targets.base import Target

TABLES = schema.TABLES
START = tunables.WORLD_START

_HAPPENINGS: dict[str, Callable[[World, datetime, Any], None]] = {
    "reset": credits.reset,
    "settle purchase": credits.settle,
    "refund purchase": credits.pay_back,
    "sign up": people.sign_up,
    "upgrade": people.upgrade,
    "downgrade": people.downgrade,
    "deactivate": people.deactivate,
    "erase": people.erase,
    "administer": people.administer,
    "visit": content.visit,
    "look in": content.look_in,
    "delete session": content.delete_session,
    "delete media": content.delete_media,
    "hide item": content.hide_item,
    "unlike": content.unlike,
}


def position(target: Target) -> date | None:
    """The last day the database has lived; None when nothing is there yet.

    Somebody who runs the place looks in every night. Where logins are not kept (an optional table), the log of that
    look has to do.
    """
    newest = target.latest(schema.LOGINS) or target.latest(schema.LOGS)
    return newest.date() if newest else None


class Simulation:
    """One database of media_vault, carried on from where it stands."""

    def __init__(self, target: Target, scale: float, seed: int, stands: date | None) -> None:
        self._target = target
        self._world = World(seed, scale)
        self._habits = content.Habits(self._world)
        if stands is not None:
            self._world.load(target, stands)

    @property
    def waiting(self) -> int:
        return self._world.waiting

    def live(self, day: date) -> None:
        """Live one day: everything that happens on it, in the order of the clock."""
        world = self._world
        world.begin(day)
        if day == START:
            people.found(world)
        happenings = [*world.ahead(), *people.expected_today(world), *self._habits.expected_today()]
        if day.day == 1 and day > START:
            happenings.append((world.at(5), "reset", 0))
        for moment, what, key in sorted(happenings, key=lambda h: (h[0], h[1], str(h[2]))):
            _HAPPENINGS[what](world, moment, key)

    def write(self) -> tuple[dict[str, int], int, int]:
        """Write all days lived since the last call, in one transaction."""
        return self._world.write(self._target)

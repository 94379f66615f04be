"""marketing_engine: an AI content tool that meters every call, simulated day by day.

Belongs here: the order in which the parts of a day happen, and where a database stands. Does not: the parts
themselves.

    schema    the fifteen tables             tunables   every number
    world     memory, agenda, outgoing rows  entities   rows of the small tables
    accounts  sign-ups, sign-ins, deletions  plans      the one row per user, resets, payments
    visits    sessions and page metrics      calls      metered calls and what is said of them
    limits    counters, alerts, rate limits  totals     the product's own aggregates
    campaigns campaigns and media plans
"""

from __future__ import annotations

from datetime import date

from simulator.marketing_engine import accounts, calls, campaigns, limits, plans, schema, visits
from simulator.marketing_engine.world import WORLD_START, World
from simulator.targets.base import Target

TABLES = schema.TABLES
START = WORLD_START


def position(target: Target) -> date | None:
    """The last day the database has lived; None when nothing is there yet. The operator looks in every evening."""
    seen = target.latest(schema.LOGS)
    return seen.date() if seen else None


class Simulation:
    """One database of marketing_engine, carried on from where it stands."""

    def __init__(self, target: Target, scale: float, seed: int, stands: date | None) -> None:
        self._target = target
        self._world = World(seed, scale)
        self._desk, self._crowd = calls.Desk(), visits.Crowd()
        self._world.chores = {
            schema.USERS.name: accounts.chores_of_user,
            schema.SUBSCRIPTIONS.name: plans.chores_of_subscription,
            schema.CAMPAIGNS.name: campaigns.chores_of_campaign,
            schema.PLANS.name: campaigns.chores_of_plan,
        }
        if stands is not None:
            self._world.load(target, stands)
            self._crowd.follow(self._world, self._world.users.rows)
            for part in (self._desk, self._crowd):
                part.load(self._world, target)
            plans.load(self._world, target)

    @property
    def waiting(self) -> int:
        return self._world.waiting

    def live(self, day: date) -> None:
        """Live one day. Whoever comes into being today acts from tomorrow on."""
        world = self._world
        world.begin(day)
        known = set(world.users.by_id)
        if day == WORLD_START:
            accounts.found(world)
        else:
            accounts.live(world)
            plans.live(world)
            campaigns.live(world)
            limits.live(world)
            calls.live(world, self._desk)
            visits.live(world, self._crowd, self._desk)
        self._desk.totals.live(world)
        accounts.close_day(world)
        world.settle()
        self._crowd.follow(world, [user for user in world.users.rows if user.id not in known])
        self._crowd.forget(world)
        self._desk.alarm.forget(world)

    def write(self) -> tuple[dict[str, int], int, int]:
        """Write all days lived since the last call, in one transaction."""
        return self._world.write(self._target)

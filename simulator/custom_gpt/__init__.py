"""custom_gpt: custom chat models with token quotas, simulated day by day.

Belongs here: the order in which the parts of a day happen, and where a database stands. Does not: the parts
themselves.

    schema     the twelve tables              tunables   every number
    world      memory, agenda, outgoing rows  accounts   sign-ups, visits, deletions
    billing    plans, cards, invoices         chats      calls, usage, conversations, ratings
    training   datasets, sessions, models     operations outages, health checks, traces of every call
"""

from __future__ import annotations

from datetime import date

from simulator.custom_gpt import accounts, billing, operations, schema, training
from simulator.custom_gpt.world import WORLD_START, World
from simulator.targets.base import Target

TABLES = schema.TABLES
START = WORLD_START


def position(target: Target) -> date | None:
    """The last day the database has lived; None when nothing is there yet.

    Health checks and the nightly clean-up leave a row every day. Where both tables are missing (they are optional),
    the newest usage has to do.
    """
    for tables in ((schema.REQUESTS, schema.AUDIT), (schema.USAGE, schema.INVOICES)):
        known = [moment for moment in map(target.latest, tables) if moment]
        if known:
            return max(known).date()
    return None


class Simulation:
    """One database of custom_gpt, carried on from where it stands."""

    def __init__(self, target: Target, scale: float, seed: int, stands: date | None) -> None:
        self._target = target
        self._world = World(seed, scale)
        self._world.chores = {
            "users": lambda world, user: [
                *accounts.chores(world, user),
                *billing.chores(world, user),
                *training.chores_of_user(world, user),
            ],
            "billing_invoices": billing.chores_of_invoice,
            "datasets": training.chores_of_dataset,
            "training_sessions": training.chores_of_session,
            "models": training.chores_of_model,
        }
        if stands is not None:
            self._world.load(target, stands)

    @property
    def waiting(self) -> int:
        return self._world.waiting

    def live(self, day: date) -> None:
        """Live one day."""
        world = self._world
        world.begin(day)
        operations.live(world)
        accounts.leave(world)
        billing.live(world)
        training.live(world)
        accounts.live(world)
        world.settle()

    def write(self) -> tuple[dict[str, int], int, int]:
        """Write all days lived since the last call, in one transaction."""
        return self._world.write(self._target)

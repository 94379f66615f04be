"""character_studio: AI images of characters, with credits and subscriptions, simulated day by day.

Belongs here: the order in which the parts of a day happen, and where a database stands. Does not: the parts
themselves.

    schema      the seventeen tables       tunables       every number
    store       what a table remembers     world          today, agenda, outgoing rows
    accounts    people, funnel, sessions   wallets        balances and their ledger
    studio      a visit, what it costs     subscriptions  plans and payments
    jobs        how jobs go, images, posts characters     deletions, trained models
    backoffice  administrators, reports, requests
"""

from __future__ import annotations

from datetime import date

from simulator.character_studio import accounts, backoffice, characters, jobs, schema, studio, subscriptions
from simulator.character_studio.world import START, World
from simulator.targets.base import Target

TABLES = schema.TABLES
__all__ = ["START", "TABLES", "Simulation", "position"]


def position(target: Target) -> date | None:
    """The last day the database has lived: every day somebody enters the funnel, and nobody's visit is deleted."""
    newest = target.latest(schema.FUNNEL)
    return newest.date() if newest else None


class Simulation:
    """One database of character_studio, carried on from where it stands."""

    def __init__(self, target: Target, scale: float, seed: int, stands: date | None) -> None:
        self._target = target
        self._world = World(seed, scale)
        self._world.chores = {
            schema.USERS.name: accounts.chores_of_user,
            schema.FUNNEL.name: accounts.chores_of_funnel,
            schema.SUBSCRIPTIONS.name: subscriptions.chores_of_subscription,
            schema.PAYMENTS.name: subscriptions.chores_of_payment,
            schema.JOBS.name: jobs.chores_of_job,
            schema.IMAGES.name: jobs.chores_of_image,
            schema.POSTS.name: jobs.chores_of_post,
            schema.CHARACTERS.name: characters.chores_of_character,
            schema.LORAS.name: characters.chores_of_lora,
            schema.BUGS.name: backoffice.chores_of_bug,
            schema.REQUESTS.name: backoffice.chores_of_request,
            schema.ADMINS.name: backoffice.chores_of_admin,
        }
        if stands is not None:
            self._world.load(target, stands)
        self._crowd = accounts.Crowd(self._world)

    @property
    def waiting(self) -> int:
        return self._world.waiting

    def live(self, day: date) -> None:
        """Live one day. Whoever comes into being today acts from tomorrow on."""
        world = self._world
        world.begin(day)
        if day == START:
            backoffice.found(world)
            accounts.found(world)
        team = backoffice.staff(world)
        accounts.leave(world)
        subscriptions.live(world)
        jobs.live(world, team)
        characters.live(world)
        accounts.live(world, team)
        rng = world.rng("visits")
        for user, moments in self._crowd.sessions(rng):
            for moment in moments:
                studio.visit(world, rng, user, moment)
        backoffice.live(world, team, self._crowd.people)
        self._crowd.follow(world.settle()[schema.USERS.name])

    def write(self) -> tuple[dict[str, int], int, int]:
        """Write all days lived since the last call, in one transaction."""
        return self._world.write(self._target)

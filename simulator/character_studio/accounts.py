"""People: who signs up, through the funnel or by themselves, who comes today, who is banned and who leaves.

Belongs here: users, the funnel before an account, app_sessions, and the cascade of a deletion. Does not: what somebody
does in a session (studio.py) or pays (subscriptions.py).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from simulator.chance import choose, poisson
from simulator.character_studio import schema, subscriptions, tunables, wallets
from simulator.character_studio.world import Chore, World

VERIFY, BAN, UNBAN, LEAVE, RESUME = "verify", "ban", "unban", "leave", "resume funnel"
_FIRST = ("Ada", "Ben", "Cleo", "Dara", "Eli", "Fay", "Gus", "Hana", "Ivo", "June", "Kai", "Lea", "Milo", "Nia")
_LAST = ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Heath", "Isle", "Juniper")
_HOURS = (3, 2, 2, 1, 1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 8, 9, 10, 10, 9, 7)


def chores_of_user(world: World, user: Any) -> Iterable[Chore]:
    chance, born = world.chance, user.created_at

    def after(name: str, ages: tuple[int, int]) -> timedelta:
        return timedelta(days=chance.span(name, user.id, *ages))

    if not user.is_email_verified and chance.hits("verifies", user.id, tunables.VERIFIED_LATER):
        yield born + after("verifies after", (1, 6)), VERIFY
    if user.role == "admin":
        return
    if chance.hits("leaves", user.id, tunables.LEAVES_SHARE):
        yield born + after("leaves after", tunables.LEAVES_AGE), LEAVE
    if chance.hits("banned", user.id, tunables.BANNED_SHARE):
        banned = born + after("banned after", tunables.BANNED_AGE)
        yield banned, BAN
        if chance.hits("unbanned", user.id, tunables.UNBANNED_SHARE):
            yield banned + after("unbanned after", tunables.UNBANNED_AFTER), UNBAN


def chores_of_funnel(world: World, visit: Any) -> Iterable[Chore]:
    if visit.current_step < tunables.FUNNEL_STEPS and visit.created_at == visit.updated_at:
        if world.chance.hits("resumes", visit.id, tunables.FUNNEL_RESUMED_SHARE):
            days = world.chance.span("resumes after", visit.id, *tunables.FUNNEL_RESUMED_AFTER)
            yield visit.created_at + timedelta(days=days), RESUME


class Crowd:
    """How often each account comes: (account, sessions a day, last day), in the order of their creation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: list[tuple[Any, float, int]] = []
        self.follow(world.users.ordered())

    def follow(self, born: list[Any]) -> None:
        """End a day: forget who will not come again, and add who came into being."""
        chance, world = self._world.chance, self._world
        self._rows = [row for row in self._rows if row[2] > world.today.ordinal and row[0].id in world.users.by_id]
        for user in sorted(born, key=lambda u: (u.created_at, u.id)):
            rate = min(chance.lognormal("sessions", user.id, *tunables.SESSIONS_PER_DAY), 1.5)
            stays = chance.lognormal("stays", user.id, *tunables.ACTIVE_DAYS)
            stays *= tunables.PAYER_STAYS if chance.hits("payer", user.id, tunables.PAYER_SHARE) else 1
            until = user.created_at.toordinal() + int(stays) if user.role != "admin" else 9_999_999
            if until > world.today.ordinal:
                self._rows.append((user, rate, until))

    @property
    def people(self) -> list[Any]:
        return [user for user, _, _ in self._rows]

    def sessions(self, rng: random.Random) -> Iterator[tuple[Any, list[datetime]]]:
        """Who comes today, and when."""
        today = self._world.today
        for user, rate, _ in self._rows:
            is_new = today.ordinal - user.created_at.toordinal() <= 7
            count = poisson(rng, rate * (tunables.FIRST_WEEK_BOOST if is_new else 1.0))
            if count and not user.banned and user.id in self._world.users.by_id:
                yield user, sorted(today.at(_second(rng)) for _ in range(count))


def _second(rng: random.Random) -> float:
    return min(rng.choices(range(24), weights=_HOURS)[0] * 3600 + rng.uniform(0, 3600), 86_280)


def found(world: World) -> None:
    rng = world.rng("founding accounts")
    for _ in range(tunables.STAFF):
        open_account(world, rng, world.today.at(rng.uniform(60, 600)), role="admin")
    for _ in range(max(2, round(tunables.FOUNDING_USERS * world.scale))):
        open_account(world, rng, world.today.at(rng.uniform(700, 80_000)))


def live(world: World, staff: list[Any]) -> None:
    _signups(world)
    _funnel(world)
    for user in world.due(VERIFY, world.users):
        user.is_email_verified = True
        world.users.touch(user)
    for action, name, banned in ((BAN, "user_banned", True), (UNBAN, "user_unbanned", False)):
        for user in world.due(action, world.users):
            user.banned, user.updated_at = banned, world.today.at(40_000)
            world.users.touch(user)
            if staff:
                details = json.dumps({"reasonCategory": "abuse", "note": f"talked to {user.name}"})
                world.log(world.today.at(40_000), staff[0], name, "user", user.id, details)


def leave(world: World) -> None:
    """Delete accounts: what belongs to one goes with it, a bug report stays behind without its author."""
    for user in world.due(LEAVE, world.users):
        world.users.remove(user)
        for table in schema.TABLES:
            if table is schema.BUGS:
                world.clear_all(table, "user_id", user.id)
            elif "user_id" in table.names:
                world.delete_all(table, "user_id", user.id)


def open_account(
    world: World, rng: random.Random, moment: datetime, role: str | None = "user", source: str | None = None,
    email: str | None = None,
) -> Any:  # fmt: skip
    ident = world.new_id(schema.USERS)
    name = f"{choose(rng, _FIRST)} {choose(rng, _LAST)}"
    settings = json.dumps({"theme": choose(rng, ("dark", "light")), "contact": name})
    if rng.random() < tunables.BROKEN_SETTINGS_SHARE:
        settings = settings[:-7]  # cut off: the column is text, and nothing checks it
    known_source = source or world.chance.pick("source", ident, tunables.SOURCES)
    user = world.users.add(
        id=ident,
        email=email or f"{name.lower().replace(' ', '.')}.{ident[:8]}@example.com",
        password=f"$2b$10${ident.replace('-', '')}",
        email_verification_token=ident[:12],
        name=name,
        public_name=f"{name.split()[0].lower()}_{ident[:13]}",
        role=None if role == "user" and rng.random() < 0.05 else role,
        is_email_verified=rng.random() < tunables.VERIFIED_AT_ONCE,
        banned=None if rng.random() < 0.3 else False,
        settings=settings if rng.random() < 0.8 else None,
        signup_source=known_source if moment.date() >= tunables.SOURCE_SINCE else None,
        country_code=world.chance.pick("country", ident, tunables.COUNTRIES),
        created_at=moment,
        updated_at=moment,
    )
    wallets.open_wallet(world, user)
    subscriptions.open_free(world, user)
    return user


def _signups(world: World) -> None:
    rng = world.rng("signups")
    low, high = tunables.SIGNUPS_PER_DAY
    for _ in range(poisson(rng, (low + (high - low) * world.today.growth) * world.scale)):
        open_account(world, rng, world.today.at(rng.uniform(0, 86_000)))


def add_session(world: World, rng: random.Random, user: Any, start: datetime, end: datetime) -> None:
    ends = None if rng.random() < tunables.UNENDED_SESSION_SHARE else min(end, world.today.last)
    device = world.chance.pick("device", user.id, tunables.DEVICES)
    world.sessions.add(
        id=world.new_id(schema.SESSIONS), user_id=user.id, started_at=start, ended_at=ends, device_type=device,
        country_code=user.country_code, created_at=start,
    )  # fmt: skip


# --- before the account --------------------------------------------------------------------------
def _funnel(world: World) -> None:
    """Strangers answer questions, step by step; at least one a day, whose row says where the database stands."""
    rng = world.rng("funnel")
    low, high = tunables.FUNNEL_PER_DAY
    for _ in range(max(1, poisson(rng, (low + (high - low) * world.today.growth) * world.scale))):
        ident, moment = world.new_id(schema.FUNNEL), world.today.at(rng.uniform(0, 85_000))
        visit = world.funnel.add(
            id=ident, session_id=f"s-{ident[:18]}", on_waitlist=False, current_step=0, created_at=moment,
            updated_at=moment,
        )  # fmt: skip
        _go_on(world, rng, visit, 0, moment)
    for visit in world.due(RESUME, world.funnel):
        rng = world.chance.rng("resumed funnel", visit.id)
        again = max(1, visit.current_step - 6)  # some questions are answered again, and the answer is overwritten
        _go_on(world, rng, visit, again, world.today.at(rng.uniform(100, 85_000)))
        world.funnel.touch(visit)


def _go_on(world: World, rng: random.Random, visit: Any, step: int, moment: datetime) -> None:
    far = rng.random() < tunables.FUNNEL_ALL_THE_WAY
    reached = tunables.FUNNEL_STEPS if far else min(1 + int(rng.expovariate(1 / 9)), tunables.FUNNEL_STEPS)
    reached = max(visit.current_step, reached)
    if reached >= tunables.EMAIL_STEP and visit.email is None:
        visit.email = f"Guest.{visit.id[:8]}@Example.com"  # as typed on a telephone
        visit.on_waitlist = rng.random() < tunables.WAITLIST_SHARE
        if rng.random() < tunables.FUNNEL_JOINS_SHARE:
            open_account(world, rng, moment + timedelta(minutes=4), source="funnel", email=visit.email.lower())
    for key, asked in tunables.QUESTIONS.items():
        if step < asked <= reached:
            answer = visit.email if key == "contact" else choose(rng, tunables.ANSWERS[key])
            ident, value = world.chance.uuid("funnel_options", visit.id, key), json.dumps({"value": answer})
            option = {"id": ident, "session_id": visit.session_id, "option_key": key, "option_value": value}
            answered_before = asked <= visit.current_step
            (world.options.change if answered_before else world.options.add)(**option)
    visit.current_step, visit.updated_at = reached, moment

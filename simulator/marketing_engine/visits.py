"""Visits: a user comes back, works for a while and leaves; others only look at the front page.

Belongs here: who comes on a day, user_sessions, frontend_metrics. Does not: the calls of a session (calls.py). Some sessions are
still open at midnight: their row is written without an end and gets it the day after, or never.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from simulator.chance import choose, poisson, weighted
from simulator.marketing_engine import accounts, calls, campaigns, schema, tunables
from simulator.marketing_engine.calls import Desk, Visitor
from simulator.marketing_engine.entities import User
from simulator.marketing_engine.world import World
from simulator.targets.base import Target

END = "end session"
_SITE = "https://app.example.com"
_PAGES = ("/editor", "/dashboard", "/campaigns", "/library", "/billing")


@dataclass(frozen=True)
class Habit:
    """How often somebody comes, and for how long."""

    rate: float
    first: int
    last: int


class Crowd:
    """The habits of everybody who may still come, in the order of the roster; and the sessions left open."""

    def __init__(self) -> None:
        self.habits: dict[str, Habit] = {}
        self.open: dict[str, tuple[datetime, int]] = {}  # session row -> (began, pages seen)
        self._known = 0

    def load(self, world: World, target: Target) -> None:
        for row in world.recent(target, schema.SESSIONS, 2, "started_at", "page_views", "ended_at"):
            ident, _, began, pages, ended = row
            if ended is None:
                self.leave_open(world, ident, began, pages)

    def leave_open(self, world: World, ident: str, began: datetime, pages: int) -> None:
        if not world.chance.hits("never ends", ident, tunables.NEVER_ENDED_SHARE):
            world.plan(began.toordinal() + 1, END, ident)
            self.open[ident] = (began, pages)

    def follow(self, world: World, newcomers: list[User]) -> None:
        """Learn the habits of those who joined."""
        chance = world.chance
        for user in newcomers:
            kind = chance.pick("habit", user.id, tunables.HABITS)
            if kind == "never":
                continue
            first = user.created_at.toordinal() + 1
            rate = min(chance.lognormal("sessions", user.id, *tunables.SESSIONS_PER_DAY[kind]), 2.0)
            days = int(chance.lognormal("active life", user.id, *tunables.ACTIVE_LIFE_DAYS[kind]))
            self.habits[user.id] = Habit(rate, first, first + days)

    def forget(self, world: World) -> None:
        today = world.today.ordinal
        self.habits = {i: h for i, h in self.habits.items() if h.last > today and i in world.users.by_id}


def live(world: World, crowd: Crowd, desk: Desk) -> None:
    _end_sessions(world, crowd)
    rng = world.rng("visits")
    busy = tunables.WEEKDAY_USE[world.today.date.weekday()]
    for ident, habit in crowd.habits.items():
        user = world.users.by_id.get(ident)
        if user is None or not habit.first <= world.today.ordinal <= habit.last:
            continue
        boost = tunables.FIRST_WEEK_BOOST if world.today.ordinal < habit.first + 7 else 1.0
        welcome = world.today.ordinal == habit.first
        for _ in range(max(poisson(rng, habit.rate * boost * busy), welcome)):
            _visit(world, rng, crowd, desk, user)
    rng = world.rng("passers-by")
    for _ in range(poisson(rng, tunables.ANONYMOUS_SESSIONS_PER_DAY * (0.3 + world.today.growth) * world.scale)):
        _pass_by(world, rng)


def _moment(world: World, rng: random.Random) -> datetime:
    hour = rng.choices(range(24), weights=tunables.HOURS)[0]
    return world.today.at(hour * 3600 + rng.uniform(0, 3590))


def _visit(world: World, rng: random.Random, crowd: Crowd, desk: Desk, user: User) -> None:
    usual = _moment(world, rng)
    began = world.late(rng, usual, user.created_at + timedelta(minutes=1))
    row, session_id = world.new_id(schema.SESSIONS), world.chance.uuid("session", world.today.ordinal, rng.random())
    owned = world.of(world.campaigns, user.id)
    agent, address = accounts.agent_of(world, user.id), accounts.address_of(world, user.id)
    visitor = Visitor(user.id, session_id, world.subscription(user.id), owned, address, agent)
    if rng.random() < tunables.SIGN_IN_SHARE:
        accounts.sign_in(world, user, began)
    moment, failed = began + timedelta(seconds=rng.randint(5, 90)), 0
    wanted = 0 if rng.random() < tunables.NO_CALL_SHARE else 1 + poisson(rng, tunables.CALLS_PER_SESSION)
    for _ in range(wanted):
        moment, status = calls.call(world, rng, desk, visitor, moment)
        moment += timedelta(seconds=rng.randint(15, 240))
        failed += status == "error"
        if status == "rate_limited":
            break
    if failed >= 2:
        spike = (Decimal(2), Decimal(failed), None)
        seen = min(max(moment, world.today.start), world.today.last)
        desk.alarm.raise_(world, user.id, seen, "error_spike", "content", "warning", spike)
    campaigns.work_on(world, rng, user.id, usual)
    for action, share in tunables.OTHER_ACTIONS_PER_SESSION.items():
        if rng.random() < share:
            accounts.log(world, user.id, action, moment, by="user")
    stays_open = began == usual and rng.random() < tunables.LEFT_OPEN_SHARE
    ended = None if stays_open or moment > world.today.last else moment
    pages = 1 + poisson(rng, 2.0)
    if ended is None:
        crowd.leave_open(world, row, began, pages)
    _write(world, rng, row, visitor, began, ended, pages, wanted)


def _pass_by(world: World, rng: random.Random) -> None:
    began, row = _moment(world, rng), world.new_id(schema.SESSIONS)
    agent = weighted(rng.random(), tunables.AGENTS).split("|")
    visitor = Visitor("", world.chance.uuid("session", row), None, [], accounts.address_of(world, row), agent)
    ended = min(began + timedelta(seconds=rng.randint(0, 120)), world.today.last)
    _write(world, rng, row, visitor, began, ended, 1, 0)


def _write(
    world: World, rng: random.Random, row: str, visitor: Visitor, began: datetime, ended: datetime | None, pages: int,
    actions: int,
) -> None:  # fmt: skip
    user_id = visitor.user_id or None
    duration = int((ended - began).total_seconds()) if ended else None
    landing = (
        f"{_SITE}{'/dashboard' if user_id else '/'}?utm_source=mail&email=member.{visitor.session_id[:4]}@example.com"
    )
    referrer = choose(rng, ("https://search.example.com/?q=ai+ads", "https://news.example.org/post/7", None, None))
    left = f"{_SITE}{choose(rng, _PAGES)}" if ended else None
    world.append(
        schema.SESSIONS, row, user_id, visitor.session_id, began, ended, duration, pages, actions, visitor.address,
        visitor.agent[4], referrer, landing, left, began,
    )  # fmt: skip
    for _ in range(1 + poisson(rng, tunables.METRICS_PER_SESSION)):
        _measure(world, rng, visitor, user_id, began)


def _measure(world: World, rng: random.Random, visitor: Visitor, user_id: str | None, began: datetime) -> None:
    name = choose(rng, tuple(tunables.PAGE_METRICS))
    kind, value = ("interaction" if name == "FID" else "page_load"), Decimal(1)
    if rng.random() < tunables.JS_ERROR_SHARE:
        kind, name = "error", "js_error"
    else:
        median, spread = tunables.PAGE_METRICS[name]
        value = Decimal(str(round(median * rng.lognormvariate(0, spread), 4)))
    url = f"{_SITE}{choose(rng, _PAGES)}?token={visitor.session_id[:8]}#top"
    moment = min(began + timedelta(seconds=rng.randint(1, 60)), world.today.last)
    world.append(
        schema.METRICS, world.new_id(schema.METRICS), user_id, visitor.session_id, url, kind, name, value,
        visitor.agent[0], visitor.agent[3], moment,
    )  # fmt: skip


def _end_sessions(world: World, crowd: Crowd) -> None:
    for row in world.due(END):
        began, pages = crowd.open.pop(row)
        ended = world.today.at(world.chance.span("ends at", row, 30, 5000))
        seconds = int((ended - began).total_seconds())
        page = f"{_SITE}{_PAGES[0]}"
        world.change(
            schema.SESSIONS, row, ended_at=ended, duration_seconds=seconds, page_views=pages + 1, exit_page=page
        )

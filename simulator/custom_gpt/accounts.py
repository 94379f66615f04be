"""Accounts: people sign up, come back, forget their password, and some delete their account.

Belongs here: users, who visits today, and the cascade of a deletion. Does not: what a visitor does (chats.py) or pays
(billing.py). Whoever deletes an account takes its rows along, but for the traces in logs and ratings, which name it on.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from simulator.chance import choose, poisson, weighted
from simulator.custom_gpt import billing, chats, operations, schema, tunables
from simulator.custom_gpt.world import Chore, World

DELETE, DEACTIVATE = "delete account", "deactivate account"
# Synthetic people: names of nobody, addresses in reserved domains.
_FIRST = ("Aino", "Bela", "Cleo", "Dara", "Emre", "Finn", "Gwen", "Hana", "Ivo", "Jula", "Kemal", "Lena", "Mika")
_LAST = ("Ashgrove", "Birkenfeld", "Clearwater", "Dunmore", "Eastlake", "Fernhill", "Greystone", "Hollybush")
_DOMAINS = ("example.com", "example.org", "example.net")


def chores(world: World, user: Any) -> Iterable[Chore]:
    for action, share, after in (
        (DELETE, tunables.DELETED_SHARE, tunables.DELETED_AFTER),
        (DEACTIVATE, tunables.DEACTIVATED_SHARE, tunables.DEACTIVATED_AFTER),
    ):
        if world.chance.hits(action, user.id, share):
            yield world.chance.span(action + " after", user.id, *after), action


def leave(world: World) -> None:
    """Accounts that go today, before anybody else does anything."""
    rng = world.rng("leave")
    for user in world.due(DEACTIVATE, world.users):
        user.is_active = False
        world.users.touch(user)
    for user in world.due(DELETE, world.users):
        moment = world.today.at(rng.uniform(0, 21600))
        operations.audit(world, moment, user.id, "user.delete", "user", user.id)
        for roster in world.rosters.values():
            for row in world.living(roster):
                if roster is not world.users and row.user_id == user.id:
                    world.remove_model(row) if roster is world.models else roster.remove(row)
        for table in (schema.CONVERSATIONS, schema.USAGE):
            world.orphan(table, "user_id", user.id)
        world.users.remove(user)


def live(world: World) -> None:
    """Sign-ups, visits, and somebody who guesses a password."""
    floor = chats.Floor(world)
    _visits(world, floor)
    rng = world.rng("guessing")
    known = world.living(world.users)
    for _ in range(poisson(rng, tunables.GUESSING_PER_DAY * world.scale) if known else 0):
        user, moment = choose(rng, known), world.today.at(rng.uniform(0, 80000))
        for _ in range(rng.randint(*tunables.GUESSES)):
            _failed_login(world, rng, user, moment)
            moment += timedelta(seconds=rng.randint(3, 40))
    rng = world.rng("sign-ups")
    low, high = tunables.SIGNUPS_PER_DAY
    mean = (low + (high - low) * world.today.growth) * tunables.WEEKDAY_USE[world.today.date.weekday()]
    count = poisson(rng, mean * world.scale)
    if world.today.age == 0:
        count += max(3, round(tunables.FOUNDING_USERS * world.scale))
    for _ in range(count):
        _open_account(world, rng, floor)


def _open_account(world: World, rng: random.Random, floor: chats.Floor) -> None:
    moment = world.today.at(rng.uniform(1000, 70000))
    first, last, oauth = choose(rng, _FIRST), choose(rng, _LAST), weighted(rng.random(), tunables.OAUTH)
    number = f"{rng.getrandbits(40):010x}"
    verified = oauth is not None or rng.random() < tunables.VERIFIED_SHARE
    user = world.add(
        schema.USERS,
        email=f"{first}.{last}.{number}@{choose(rng, _DOMAINS)}".lower(),
        username=f"{first.lower()}_{number}",
        first_name=first,
        last_name=last,
        password_hash=None if oauth else f"$2b$12${rng.getrandbits(128):032x}",
        is_active=None if rng.random() < tunables.NULL_ACTIVE_SHARE else True,
        is_verified=verified,
        email_verified_at=moment + timedelta(minutes=rng.randint(1, 90)) if verified else None,
        failed_login_attempts=0,
        subscription_tier="free",
        oauth_provider=oauth,
        oauth_id=f"{oauth}-{rng.getrandbits(60):d}" if oauth else None,
        created_at=moment,
        updated_at=moment,
    )
    request_id = operations.new_request_id(rng)
    operations.request(world, rng, moment, "POST /api/auth/register", user.id, status=201)
    operations.audit(world, moment, user.id, "user.register", "user", user.id, request_id=request_id)
    operations.audit(world, moment, user.id, "subscription.create", "subscription", None, request_id=request_id)
    plan = billing.open_subscription(world, user, moment)
    if rng.random() < tunables.DOUBLE_SUBSCRIPTION_SHARE:
        billing.open_subscription(world, user, moment + timedelta(seconds=2))
    if rng.random() < tunables.FIRST_DAY_SHARE:
        _visit(world, rng, floor, user, plan, moment + timedelta(minutes=rng.randint(2, 40)))


def _visits(world: World, floor: chats.Floor) -> None:
    rng = world.rng("visits")
    plans = billing.plans(world)
    weekday = tunables.WEEKDAY_USE[world.today.date.weekday()]
    for user in world.living(world.users):
        plan = plans.get(user.id)
        age = world.today.ordinal - user.created_at.toordinal()
        tier = plan.tier if plan is not None and plan.status != "cancelled" else "free"
        life, rate = _habit(world, user.id)
        if user.is_active is False or tier == "free" and age > life:
            continue
        rate *= weekday * tunables.TIER_VISITS[tier]
        if rng.random() < rate * (tunables.FIRST_WEEK_BOOST if age <= 7 else 1):
            _visit(world, rng, floor, user, plan, world.today.at(rng.uniform(5, 21) * 3600))


def _habit(world: World, user_id: str) -> tuple[float, float]:
    """For how many days a user keeps coming without paying, and how often."""
    if user_id not in world.habits:
        world.habits[user_id] = (
            world.chance.lognormal("life", user_id, *tunables.LIFE_DAYS),
            world.chance.lognormal("visits", user_id, *tunables.VISITS_PER_DAY),
        )
    return world.habits[user_id]


def _visit(world: World, rng: random.Random, floor: chats.Floor, user: Any, plan: Any, moment: datetime) -> None:
    if rng.random() < tunables.WRONG_PASSWORD_SHARE:
        _failed_login(world, rng, user, moment - timedelta(seconds=20))
    status, _ = operations.request(world, rng, moment, "POST /api/auth/login", user.id)
    if status != 200:
        return
    user.last_login_at, user.failed_login_attempts, user.locked_until = moment, 0, None  # updated_at is forgotten
    world.users.touch(user)
    operations.audit(world, moment, user.id, "user.login", "user", user.id)
    chats.visit(world, rng, floor, user, plan, moment)


def _failed_login(world: World, rng: random.Random, user: Any, moment: datetime) -> None:
    operations.request(world, rng, moment, "POST /api/auth/login", None, status=401)
    operations.audit(world, moment, user.id, "user.login", "user", user.id, success=False)
    user.failed_login_attempts += 1
    if user.failed_login_attempts >= 5:
        user.locked_until = moment + timedelta(minutes=tunables.LOCKED_MINUTES)
    world.users.touch(user)

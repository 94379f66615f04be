"""Accounts: people sign up, sign in, and some delete their account with everything that belongs to it.

Belongs here: auth.users, activity_logs, and the cascade of a deletion. Does not: what users do (calls.py) or pay
(plans.py). The operator's own account, the oldest one, looks in every evening: its newest log row tells where a database stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from simulator.chance import poisson
from simulator.marketing_engine import entities, plans, schema, tunables
from simulator.marketing_engine.world import WORLD_START, Chore, World

DELETE = "delete account"


def chores_of_user(world: World, user: entities.User) -> Iterable[Chore]:
    operator = user.created_at.date() == WORLD_START and user is world.users.rows[0]
    if not operator and world.chance.hits("leaves", user.id, tunables.DELETED_ACCOUNT_SHARE):
        age = world.chance.span("leaves after", user.id, *tunables.DELETED_ACCOUNT_AGE)
        yield user.created_at.toordinal() + age, DELETE


def found(world: World) -> None:
    rng = world.rng("founding accounts")
    _open(world, world.today.at(60))
    for _ in range(max(3, round(tunables.FOUNDING_USERS * world.scale))):
        _open(world, world.today.at(rng.uniform(600, 80000)))


def live(world: World) -> None:
    _delete(world)
    low, high = tunables.SIGNUPS_PER_DAY
    rng = world.rng("signups")
    mean = (low + (high - low) * world.today.growth) * tunables.WEEKDAY_USE[world.today.date.weekday()]
    for _ in range(poisson(rng, mean * world.scale)):
        _open(world, world.today.at(rng.uniform(0, 86000)))


def close_day(world: World) -> None:
    """The operator looks in. Late in the day, so that nothing of it can be newer."""
    operator = world.users.rows[0] if world.users.rows else next(iter(world.users.by_id.values()))
    sign_in(world, operator, world.today.at(86390))


def sign_in(world: World, user: entities.User, moment: datetime) -> None:
    log(world, user.id, "user_signed_in", moment)
    if user.last_sign_in_at is None or user.last_sign_in_at < moment:
        user.last_sign_in_at = moment
        world.users.touch(user)


def log(world: World, user_id: str | None, action: str, moment: datetime, **details: str) -> None:
    agent = agent_of(world, user_id)[4] if user_id else None
    text = json.dumps(details) if details else None
    world.append(
        schema.LOGS, world.new_id(schema.LOGS), user_id, action, text, None, agent, min(moment, world.today.last)
    )


def agent_of(world: World, key: str) -> list[str]:
    """Browser, version, system, device and user agent of somebody: a trait."""
    return world.chance.pick("agent", key, tunables.AGENTS).split("|")


def address_of(world: World, key: str) -> str:
    """An address of the networks that documentation may use."""
    return f"203.0.113.{world.chance.span('address', key, 1, 254)}"


def _open(world: World, moment: datetime) -> None:
    ident = world.new_id(schema.USERS)
    email = f"member.{ident[:13]}@example.{world.chance.pick('domain', ident, {'com': 2, 'org': 1, 'net': 1})}"
    world.users.add(entities.User(ident, email, json.dumps({"full_name": f"Member {ident[:4]}"}), moment, None))
    log(world, ident, "user_signed_up", moment)
    if not world.chance.hits("no subscription", ident, tunables.NO_SUBSCRIPTION_SHARE):
        plans.open_demo(world, ident, moment + timedelta(seconds=1))


def _delete(world: World) -> None:
    """The cascade reaches everything but the outcomes of campaigns that were deleted before."""
    leaving = [i for i in world.due(DELETE) if i in world.users.by_id]
    for ident in leaving:
        for campaign in list(world.of(world.campaigns, ident)):
            world.orphan(schema.OUTCOMES, "campaign_id", [campaign.id])
            world.remove(world.campaigns, campaign)
        for plan in list(world.of(world.plans, ident)):
            for platform in list(world.of(world.platforms, plan.id)):
                world.remove(world.platforms, platform)
            world.remove(world.plans, plan)
        for roster in (world.subscriptions, world.rate_limits):
            for entity in list(world.of(roster, ident)):
                world.remove(roster, entity)
        world.remove(world.users, world.users.by_id[ident])
        log(world, None, "account_deleted", world.today.at(100))
    for table in schema.CASCADE if leaving else ():
        world.orphan(table, "user_id", leaving)

"""Accounts: people sign up, keep favourites, and some delete their account.

Belongs here: profiles and favorites, and the cascade of a deletion. Does not: photos and payments (direct.py), or how
an applicant becomes a partner (partners.py).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from simulator.chance import choose, poisson
from simulator.photobooth import entities, names, schema, tunables
from simulator.photobooth.entities import Favorite, Profile
from simulator.photobooth.world import Chore, World

DELETE_ACCOUNT = "delete account"
REMOVE_FAVORITE = "remove favorite"


def chores_of_profile(world: World, profile: Profile) -> Iterable[Chore]:
    if profile.role in (None, "user") and world.chance.hits("leaves", profile.id, tunables.DELETED_ACCOUNT_SHARE):
        age = world.chance.span("leaves after", profile.id, *tunables.DELETED_ACCOUNT_AGE)
        yield profile.created_at.toordinal() + age, DELETE_ACCOUNT


def chores_of_favorite(world: World, favorite: Favorite) -> Iterable[Chore]:
    if world.chance.hits("unloved", favorite.id, tunables.FAVORITE_REMOVED_SHARE):
        age = world.chance.span("unloved after", favorite.id, *tunables.FAVORITE_LIFE)
        yield favorite.created_at.toordinal() + age, REMOVE_FAVORITE


def found(world: World) -> None:
    """Administrators, and the people who were there on the first day."""
    rng = world.rng("founding accounts")
    open_account(world, rng, world.today.at(120), role="master", is_master=True)
    for role in ("admin", "admin"):
        open_account(world, rng, world.today.at(180 + rng.random() * 60), role=role)
    for _ in range(max(3, round(tunables.FOUNDING_USERS * world.scale))):
        open_account(world, rng, world.today.at(rng.uniform(600, 80000)), role=_user_role(rng))


def live(world: World) -> None:
    _delete_accounts(world)
    _remove_favorites(world)
    low, high = tunables.SIGNUPS_PER_DAY
    rng = world.rng("signups")
    mean = (low + (high - low) * min(world.today.growth, 1.0)) * tunables.WEEKDAY_USE[world.today.date.weekday()]
    for _ in range(poisson(rng, mean * world.scale)):
        referrer = choose(rng, world.profiles.rows) if rng.random() < tunables.REFERRED_SHARE else None
        moment = world.today.at(rng.uniform(0, 86000))
        open_account(world, rng, moment, role=_user_role(rng), referred_by=referrer.id if referrer else None)


def open_account(
    world: World,
    rng: random.Random,
    moment: datetime,
    *,
    role: str | None,
    is_master: bool = False,
    partner_id: str | None = None,
    referred_by: str | None = None,
) -> Profile:
    ident = world.new_id(schema.PROFILES)
    name = names.person(rng)
    grant = [credits for since, credits in tunables.STARTING_GRANTS if since <= world.today.date][-1]
    if referred_by not in world.profiles.by_id:
        referred_by = None
    return world.profiles.add(
        entities.Profile(
            id=ident,
            email=names.email(rng, name, ident),
            full_name=name,
            credits=grant,
            total_generations=0,
            is_master=True if is_master else (None if rng.random() < 0.3 else False),
            role=role,
            partner_id=partner_id,
            unlocked_packs=None if rng.random() < 0.5 else [],
            referral_code=f"{name[:4].upper().strip()}-{ident[:13]}",
            referred_by=referred_by,
            created_at=moment,
            updated_at=moment,
        )
    )


def add_favorite(world: World, moment: datetime, profile: Profile, style: str, taken: set[tuple[str, str]]) -> None:
    """A user marks a style; (user, style) is unique."""
    if (profile.id, style) not in taken:
        taken.add((profile.id, style))
        world.favorites.add(Favorite(world.new_id(schema.FAVORITES), profile.id, style, moment))


def _user_role(rng: random.Random) -> str | None:
    return None if rng.random() < tunables.NULL_ROLE_SHARE else "user"


def _remove_favorites(world: World) -> None:
    for ident in world.due(REMOVE_FAVORITE):
        favorite = world.favorites.by_id.get(ident)
        if favorite:
            world.favorites.remove(favorite)


def _delete_accounts(world: World) -> None:
    """The rows of the account, its photos and favourites vanish; what others say about it stays."""
    leaving = {i for i in world.due(DELETE_ACCOUNT) if i in world.profiles.by_id}
    if not leaving:
        return
    for favorite in world.favorites.rows:
        if favorite.user_id in leaving and favorite.id in world.favorites.by_id:
            world.favorites.remove(favorite)
    for ident in sorted(leaving):
        world.profiles.remove(world.profiles.by_id[ident])
    for profile in world.profiles.rows:
        if profile.referred_by in leaving and profile.id in world.profiles.by_id:
            profile.referred_by = None
            world.profiles.touch(profile)
    world.orphan(schema.GENERATIONS, "user_id", sorted(leaving))


def evening(rng: random.Random, weights: tuple[int, ...]) -> float:
    """Seconds after UTC midnight, by the hour weights of a day, leaving room for a session to end on its day."""
    hour = rng.choices(range(24), weights=weights)[0]
    return min(hour * 3600 + rng.uniform(0, 3600), timedelta(hours=23).total_seconds())

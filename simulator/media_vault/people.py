"""People: they sign up, are brought by others, change tier, and leave; and those who administer them.

Belongs here: users, referrals, and the cascade of a deletion. Does not: what people do (content.py), their balance
(credits.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from simulator.chance import choose, poisson, weighted
from simulator.media_vault import content, credits, schema, tunables
from simulator.media_vault.tracking import Visit
from simulator.media_vault.world import Record, World

FIRST = ("Ada", "Bo", "Cleo", "Dov", "Esme", "Finn", "Gus", "Hale", "Ivo", "June", "Kit", "Lux", "Mika")
LAST = ("Ashby", "Birch", "Cole", "Drift", "Ember", "Frost", "Glade", "Heath", "Isle", "Juniper")
DOMAINS = ("example.com", "example.org", "example.net")


def found(world: World) -> None:
    """Those who run the place, and the people who were there on the first day."""
    for number, role in enumerate(("super_admin", "admin", "admin")):
        open_account(world, world.at(60 * (number + 1)), f"founder {number}", role)
    first = max(3, round(tunables.FOUNDING_USERS * world.scale))
    for number in range(first):
        sign_up(world, world.at(600 + 60000 * number / first), f"first {number}")


def expected_today(world: World) -> Iterator[tuple[datetime, str, object]]:
    low, high = tunables.SIGNUPS_PER_DAY
    rng = world.rng("sign-ups")
    count = poisson(rng, (low + (high - low) * world.growth) * world.scale)
    for second in rng.sample(range(78_000), count):  # no two at once: the order of users is that of their creation
        yield world.at(second), "sign up", second
    yield world.at(84600), "administer", 0  # every day, so that the newest login says where a database stands


def open_account(world: World, moment: datetime, name: object, role: str = "user") -> Record:
    """A user with its wallet."""
    rng = world.rng("account", name)
    ident = world.chance.uuid("users", world.ordinal, name)
    if world.day < tunables.NUMERIC_IDS_UNTIL:
        ident = str(10**8 + int(ident[:8], 16) % 10**8)
    while ident in world.users.rows:
        ident = str(int(ident) + 1)
    first, last = choose(rng, FIRST), choose(rng, LAST)
    mail = f"{first}.{last}.{ident[:12]}@{choose(rng, DOMAINS)}".lower()
    creates = "creator" if content.is_creator(world, ident) else "consumer"
    interests = {"content_role": creates, "wishes": f"More like what {first} makes"}
    user = world.add(
        world.users,
        id=ident,
        email=None if rng.random() < tunables.EMAIL_MISSING_SHARE else mail,
        first_name=first,
        last_name=last,
        profile_image_url=f"https://img.example.com/{ident}.jpg",
        role=role,
        is_active=None if rng.random() < tunables.NULL_ACTIVE_SHARE else True,
        age_verified=rng.random() < 0.8,
        birth_date=date(1970, 1, 1) + timedelta(days=rng.randrange(12000)),
        referral_code=f"{ident[:12].upper()}{rng.randrange(100):02d}",
        referred_by=None,
        onboarding_completed=rng.random() < 0.7,
        interests=None if rng.random() < tunables.ROLE_UNKNOWN_SHARE else json.dumps(interests),
        created_at=moment,
        updated_at=moment,
    )
    credits.open_wallet(world, user, moment)
    return user


def sign_up(world: World, moment: datetime, name: object) -> None:
    """Somebody comes, perhaps brought by somebody else, and often looks around at once."""
    rng = world.rng("sign-up", name)
    brought = rng.random() < tunables.REFERRED_SHARE
    known = list(world.users.rows.values())
    user = open_account(world, moment, name)
    if brought and known:
        referrer = choose(rng, known)
        user.referred_by = referrer.id
        if rng.random() >= tunables.REFERRAL_NOT_BOOKED_SHARE:
            source = weighted(rng.random(), tunables.REFERRAL_SOURCES)
            rewards = tunables.REFERRER_REWARD, tunables.REFEREE_REWARD
            number = world.number(schema.REFERRALS)
            row = (number, referrer.id, user.id, referrer.referral_code, source, *rewards, moment)
            world.append(schema.REFERRALS, *row)
            for person, reward in zip((referrer, user), rewards, strict=True):
                credits.book(world, person.id, moment, "referral", reward, reference=str(number))
    if rng.random() < tunables.FIRST_DAY_VISIT:
        content.visit(world, moment + timedelta(minutes=1), user.id)


def deactivate(world: World, moment: datetime, ident: str) -> None:
    """A soft deletion; its writer forgets updated_at."""
    user = world.users.rows.get(ident)
    if user and user.role == "user":
        user.is_active = False
        world.users.touch(user)
        _as_administrator(world, moment).track("user_updated", target_user_id=ident, reason="asked for it by mail")


def erase(world: World, moment: datetime, ident: str) -> None:
    """An administrator deletes an account, and all that is its own goes with it. What others say about it stays."""
    user = world.users.rows.get(ident)
    if user is None or user.role != "user":
        return
    for session in list(world.sessions.of[ident].values()):
        content.drop_session(world, session)
    for roster in (world.stats, world.media, world.items, world.likes, world.wallets, world.purchases):
        for record in list(roster.of[ident].values()):
            roster.remove(record)
    for table in (schema.LOGS, schema.LEDGER, schema.LOGINS):
        world.orphan(table, "user_id", ident)
    for column in ("referrer_id", "referee_id"):
        world.orphan(schema.REFERRALS, column, ident)
    world.users.remove(user)
    _as_administrator(world, moment).track("user_deleted", target_user_id=ident, reason="breach of the rules")


def upgrade(world: World, moment: datetime, ident: str) -> None:
    tier = world.chance.pick("tier", ident, tunables.PAID_TIERS)
    if _change_tier(world, moment, ident, tier):
        credits.refill(world, world.wallets.rows[ident], moment)


def downgrade(world: World, moment: datetime, ident: str) -> None:
    """What is left stays until the next reset."""
    _change_tier(world, moment, ident, "free")


def _change_tier(world: World, moment: datetime, ident: str, tier: str) -> bool:
    user, wallet = world.users.rows.get(ident), world.wallets.rows.get(ident)
    if user is None or wallet is None or user.is_active is False or wallet.tier == tier:
        return False
    wallet.tier, wallet.monthly_allocation = tier, tunables.ALLOWANCES[tier]
    wallet.updated_at = moment
    world.wallets.touch(wallet)
    _as_administrator(world, moment).track("user_role_updated", target_user_id=ident, reason=f"now {tier}")
    return True


def administer(world: World, moment: datetime, _: object) -> None:
    """The nightly look of those who run the place."""
    visit = _as_administrator(world, moment)
    visit.log_in()
    visit.track("analytics_viewed")
    if visit.rng.random() < 0.3:
        visit.track(choose(visit.rng, ("settings_updated", "audit_logs_viewed")))
    everybody = [u for u in world.users.rows.values() if u.role == "user"]
    if everybody and visit.rng.random() < tunables.ACCOUNT_CHECKED_SHARE:
        visit.track("user_updated", target_user_id=choose(visit.rng, everybody).id, reason="checked")
    for kind, chance in tunables.GRANT_CHANCE.items():
        if everybody and visit.rng.random() < chance:
            user, amount = choose(visit.rng, everybody), choose(visit.rng, tunables.GRANT_AMOUNTS)
            if kind == "admin_revoke":
                amount = -min(amount, world.wallets.rows[user.id].balance)
            if amount:
                credits.book(world, user.id, moment, kind, amount)


def _as_administrator(world: World, moment: datetime) -> Visit:
    admin = next(u for u in world.users.rows.values() if u.role == "super_admin")
    return Visit(world, world.rng("administrator", moment), admin, moment)

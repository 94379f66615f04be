"""The direct line: a registered person comes back, buys credits and takes photos.

Belongs here: sessions, the running balance of a profile, payments, premium packs. Does not: accounts themselves
(accounts.py). A failed photo is refunded by writing the old balance back; a lost connection often isn't, and two
writes at once may lose one.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta

import numpy as np

from simulator.chance import choose, poisson, weighted
from simulator.photobooth import accounts, photos, schema, tunables
from simulator.photobooth.catalogue import Offer
from simulator.photobooth.entities import Profile
from simulator.photobooth.world import World
from simulator.roster import Roster

# Weight of each UTC hour: the evening of Buenos Aires (UTC-3) runs over UTC midnight.
_HOURS = (9, 7, 4, 2, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 8, 9, 10, 10)
_DIRECT_ROLES = {None: 1.0, "user": 1.0, "partner": 0.3, "pending_partner": 0.3}


class Crowd:
    """How often each account comes back, as arrays in the order of the roster: one draw per day for all of them."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.rate = np.empty(0)
        self.born = np.empty(0, dtype=np.int64)
        self.until = np.empty(0, dtype=np.int64)

    def follow(self, world: World, roster: Roster[Profile], born: list[Profile]) -> None:
        """Keep in step with the profiles: drop who left, append who came."""
        if roster.table is not schema.PROFILES:
            return
        if len(self.ids) + len(born) != len(roster.rows):
            stays = np.fromiter((i in roster.by_id for i in self.ids), dtype=bool, count=len(self.ids))
            self.ids = [i for i in self.ids if i in roster.by_id]
            self.rate, self.born, self.until = self.rate[stays], self.born[stays], self.until[stays]
        chance = world.chance
        rate, first, until = [], [], []
        for p in born:
            day = p.created_at.toordinal()
            first.append(day)
            until.append(day + int(chance.lognormal("active life", p.id, *tunables.ACTIVE_LIFE_DAYS)))
            sessions = chance.lognormal("sessions", p.id, *tunables.SESSIONS_PER_DAY)
            rate.append(min(sessions, 1.5) * _DIRECT_ROLES.get(p.role, 0.0))
        self.ids += [p.id for p in born]
        self.rate = np.append(self.rate, rate)
        self.born = np.append(self.born, np.array(first, dtype=np.int64))
        self.until = np.append(self.until, np.array(until, dtype=np.int64))

    def sessions(self, world: World) -> list[tuple[int, int]]:
        """(position in the roster, sessions) of those who come today."""
        today = world.today
        age = today.ordinal - self.born
        mean = self.rate * np.where(age <= 7, tunables.FIRST_WEEK_BOOST, 1.0) * (today.ordinal <= self.until)
        mean *= tunables.WEEKDAY_USE[today.date.weekday()]
        draws = np.random.default_rng(world.rng("crowd").getrandbits(64)).poisson(mean)
        return [(int(i), int(draws[i])) for i in np.flatnonzero(draws)]


def live(world: World, crowd: Crowd, offer: Offer) -> None:
    rng = world.rng("direct")
    coming = crowd.sessions(world)
    ids = {world.profiles.rows[i].id for i, _ in coming}
    taken = {(f.user_id, f.style_id) for f in world.favorites.rows if f.user_id in ids}
    for index, count in coming:
        profile = world.profiles.rows[index]
        if profile.id not in world.profiles.by_id:
            continue  # the account was deleted this morning
        for _ in range(count):
            moment = world.today.at(accounts.evening(rng, _HOURS))
            moment = world.late(rng, moment, profile.created_at + timedelta(minutes=1))
            _session(world, rng, offer, profile, min(moment, world.today.end - timedelta(hours=1)), taken)


def _session(
    world: World, rng: random.Random, offer: Offer, profile: Profile, moment: datetime, taken: set[tuple[str, str]]
) -> None:
    if rng.random() < tunables.LOGINS_PER_SESSION:
        world.log(moment, "login", user=profile)
        if rng.random() < tunables.FAILED_LOGIN_SHARE:
            world.log(moment - timedelta(seconds=1), "login_failed", user=profile)
    payer = world.chance.hits("payer", profile.id, tunables.PAYER_SHARE)
    _unlock(world, rng, offer, profile, moment)
    for _ in range(1 + poisson(rng, 1.6)):
        moment += timedelta(seconds=rng.randint(40, 180))
        style = offer.of_user(rng, profile.unlocked_packs)
        if (profile.credits or 0) < tunables.DIRECT_PHOTO_CREDITS:
            if not (payer and rng.random() < tunables.BUY_CHANCE):
                if rng.random() < 0.25:
                    photos.record(world, rng, moment, "denied_no_credit", style, user_id=profile.id, event_id=None)
                return
            _buy(world, rng, profile, moment)
        ended, status = _take(world, rng, profile, moment, style)
        if status != "success" and rng.random() < tunables.RETRY_CHANCE:
            _take(world, rng, profile, ended + timedelta(seconds=rng.randint(2, 30)), style)
        if style and rng.random() < tunables.FAVORITES_PER_SESSION:
            accounts.add_favorite(world, max(moment, world.today.start), profile, style, taken)


def _take(
    world: World, rng: random.Random, profile: Profile, moment: datetime, style: str | None
) -> tuple[datetime, str]:
    """Credits are taken first and written back on error."""
    cost = tunables.DIRECT_PHOTO_CREDITS
    balance = profile.credits or 0
    if balance < cost:
        return moment, "success"
    status = photos.outcome(world, rng, moment)
    lost = status == "timeout" and rng.random() < tunables.TIMEOUT_REFUND_LOST
    refund = cost if status != "success" and not lost else 0
    ended = photos.record(
        world, rng, moment, status, style, user_id=profile.id, event_id=None, charged=cost, refunded=refund
    )
    if not (status == "success" and rng.random() < tunables.LOST_WRITE_SHARE):
        profile.credits = balance - cost + refund
    if status == "success" and rng.random() >= tunables.COUNTER_MISSED_SHARE:
        profile.total_generations = (profile.total_generations or 0) + 1
    world.profiles.touch(profile)
    return ended, status


def _unlock(world: World, rng: random.Random, offer: Offer, profile: Profile, moment: datetime) -> None:
    missing = sorted(set(offer.pack.values()) - set(profile.unlocked_packs or ()))
    enough = (profile.credits or 0) >= tunables.PREMIUM_PACK_CREDITS
    if enough and missing and rng.random() < tunables.PREMIUM_UNLOCK_CHANCE:
        profile.credits = (profile.credits or 0) - tunables.PREMIUM_PACK_CREDITS
        profile.unlocked_packs = [*(profile.unlocked_packs or ()), choose(rng, missing)]
        profile.updated_at = moment
        world.profiles.touch(profile)


def _buy(world: World, rng: random.Random, profile: Profile, moment: datetime) -> None:
    credits, amount = weighted(rng.random(), tunables.PACKS)
    if credits == tunables.PROMOTED_PACK:
        amount = promoted_price(world.today.date, amount)
    notify(world, rng, moment - timedelta(seconds=20), profile.id, credits, amount, profile.email)
    profile.credits = (profile.credits or 0) + credits
    profile.updated_at = moment
    world.profiles.touch(profile)


def promoted_price(day: date, amount: int) -> int:
    """What the promoted pack costs on a day."""
    for first, last, lower in tunables.PROMOTIONS:
        if first <= (day.month, day.day) <= last:
            return lower
    return amount


def notify(
    world: World, rng: random.Random, moment: datetime, payer_id: str, credits: int, amount: int, email: str | None
) -> None:
    """Store the notification of an approved payment, sometimes twice: the code de-duplicates, the table doesn't."""
    data = {
        "currency_id": "ARS",
        "date_approved": (moment - timedelta(seconds=5)).isoformat(timespec="milliseconds"),
        "payment_method_id": weighted(rng.random(), tunables.PAYMENT_METHODS),
        "payer": {"email": email},
    }
    number = str(10**10 + rng.randrange(10**10))
    for copy in range(2 if rng.random() < tunables.DUPLICATE_NOTIFICATION_SHARE else 1):
        seen = min(moment + timedelta(seconds=copy * rng.randint(1, 600)), world.today.end - timedelta(milliseconds=1))
        world.append(
            schema.PAYMENTS,
            world.new_id(schema.PAYMENTS),
            number,
            "approved",
            payer_id,
            credits,
            amount,
            json.dumps(data),
            seen,
        )

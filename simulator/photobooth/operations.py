"""The platform's own traces: health checks and what the back office does.

Belongs here: uptime_checks and the activity log of people at work. Does not: logs of a business act, which stand
where it happens. Every day has at least one check per component, whatever the scale: its newest one says where a
database stands.
"""

from __future__ import annotations

from datetime import timedelta

from simulator.chance import choose, poisson, weighted
from simulator.photobooth import schema, tunables
from simulator.photobooth.wallets import Reseller
from simulator.photobooth.world import World


def live(world: World, sellers: list[Reseller]) -> None:
    _checks(world)
    _back_office(world, sellers)
    _guessing(world)


def _checks(world: World) -> None:
    rng = world.rng("uptime")
    step = max(1, round(tunables.CHECK_MINUTES / world.scale))
    for minute in range(0, 1440, step):
        moment = world.today.at(minute * 60)
        for index, (name, usual) in enumerate(tunables.COMPONENTS.items()):
            spoilt = world.outage and world.outage.spoils(name, moment)
            ok = rng.random() >= (tunables.DOWN_SHARE_IN_OUTAGE if spoilt else tunables.DOWN_SHARE)
            latency = int(usual * rng.lognormvariate(0, 0.35)) if ok or rng.random() < 0.5 else None
            # The id counts minutes of the world, so it never clashes when a database is carried on at another scale.
            ident = (world.today.age * 1440 + minute) * len(tunables.COMPONENTS) + index + 1
            world.append(schema.UPTIME, ident, moment, name, ok, latency)


def _back_office(world: World, sellers: list[Reseller]) -> None:
    rng = world.rng("back office")
    for seller in sellers:
        if rng.random() < tunables.PARTNER_LOGINS_PER_DAY:
            user = world.profiles.by_id.get(seller.user_id or "")
            moment = world.late(rng, world.today.at(rng.uniform(40000, 86000)), seller.account.created_at)
            partner_id = seller.id
            world.log(moment, "login", partner_id=partner_id, user=user)
            if rng.random() < tunables.FAILED_LOGIN_SHARE:
                world.log(moment, "login_failed", partner_id=partner_id, user=user)
    staff = [p for p in world.profiles.rows if p.role in ("admin", "master")]
    for _ in range(poisson(rng, sum(tunables.BACK_OFFICE_PER_DAY.values()) * world.scale)):
        action = weighted(rng.random(), tunables.BACK_OFFICE_PER_DAY)
        moment = world.today.at(rng.uniform(43200, 82000))
        cost = tunables.API_CALL_USD if action == "export" else None
        world.log(moment, action, user=staff[rng.randrange(len(staff))] if staff else None, api_cost=cost)


def _guessing(world: World) -> None:
    """Somebody who doesn't know the password of an account tries many, seconds apart."""
    rng = world.rng("guessing")
    for _ in range(poisson(rng, tunables.GUESSING_PER_DAY * world.scale) if world.profiles.rows else 0):
        profile = choose(rng, world.profiles.rows)
        moment = world.today.at(rng.uniform(0, 80000))
        for _ in range(rng.randint(*tunables.GUESSES)):
            world.log(moment, "login_failed", user=profile)
            moment += timedelta(seconds=rng.randint(4, 40))

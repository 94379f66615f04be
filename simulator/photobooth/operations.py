"""The platform's own traces: health checks and what the back office does.

Belongs here: uptime_checks and the activity log of people at work. Does not: logs of a business act, which stand
where it happens. Every day has at least one check per component, whatever the scale: its newest one says where a
database stands.
"""

from __future__ import annotations

from simulator.chance import poisson, weighted
from simulator.photobooth import schema, tunables
from simulator.photobooth.wallets import Reseller
from simulator.photobooth.world import World


def live(world: World, sellers: list[Reseller]) -> None:
    _checks(world)
    _back_office(world, sellers)


def _checks(world: World) -> None:
    rng = world.rng("uptime")
    step = max(1, round(tunables.CHECK_MINUTES / world.scale))
    names = list(tunables.COMPONENTS)
    down = names[rng.randrange(len(names))] if rng.random() < tunables.OUTAGE_DAY_SHARE else None
    outage = rng.randrange(0, 1200)
    for minute in range(0, 1440, step):
        moment = world.today.at(minute * 60)
        for index, (name, usual) in enumerate(tunables.COMPONENTS.items()):
            share = tunables.DOWN_SHARE
            if name == down and outage <= minute < outage + 240:
                share = tunables.DOWN_SHARE_IN_OUTAGE
            ok = rng.random() >= share
            latency = int(usual * rng.lognormvariate(0, 0.35)) if ok or rng.random() < 0.5 else None
            # The id counts minutes of the world, so it never clashes when a database is carried on at another scale.
            ident = (world.today.age * 1440 + minute) * len(names) + index + 1
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

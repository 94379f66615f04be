"""Taking a photo: the attempt, its outcome, and the row it leaves when it succeeds.

Belongs here: generations and generation_attempts of both business lines, and photos that moderators and guests delete
later. Does not: who pays (direct.py) or whose party it is (parties.py).
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from simulator.chance import weighted
from simulator.photobooth import names, schema, tunables
from simulator.photobooth.world import World
from simulator.targets.base import Target

DELETE = "delete photo"


def outcome(world: World, rng: random.Random, moment: datetime) -> str:
    draw = rng.random()
    if draw < tunables.TIMEOUT_SHARE:
        return "timeout"
    outage = world.outage
    spoilt = outage and any(outage.spoils(name, moment) for name in tunables.OUTAGES_THAT_SPOIL_PHOTOS)
    failed = tunables.FAILED_SHARE_IN_OUTAGE if spoilt else tunables.FAILED_SHARE
    return "failed" if draw < tunables.TIMEOUT_SHARE + failed else "success"


def record(
    world: World,
    rng: random.Random,
    moment: datetime,
    status: str,
    style: str | None,
    *,
    user_id: str | None,
    event_id: str | None,
    charged: int = 0,
    refunded: int = 0,
) -> datetime:
    """Write one attempt, and its photo when it succeeded. Returns when it ended."""
    moment = min(moment, world.today.end - timedelta(milliseconds=1))
    error, latency = None, None
    if status == "timeout":
        error, latency = "E_TIMEOUT", 60000
    elif status != "denied_no_credit":
        median, spread = tunables.LATENCY_MS
        latency = int(median * rng.lognormvariate(0, spread))
        error = weighted(rng.random(), tunables.FAILURES) if status == "failed" else None
    # The world is only seen at the end of a day, when every attempt of it has come to its end.
    finished = min(moment + timedelta(milliseconds=latency or 0), world.today.end - timedelta(milliseconds=1))
    photo = _photo(world, rng, finished, style, user_id, event_id) if status == "success" else None
    world.append(
        schema.ATTEMPTS,
        world.new_id(schema.ATTEMPTS),
        moment,
        finished,
        event_id,
        user_id,
        style,
        status,
        error,
        latency,
        charged,
        refunded,
        photo,
    )
    return finished


def _photo(
    world: World, rng: random.Random, moment: datetime, style: str | None, user_id: str | None, event_id: str | None
) -> str:
    ident = world.new_id(schema.GENERATIONS)
    style = tunables.FORGOTTEN_STYLE if rng.random() < tunables.FORGOTTEN_STYLE_SHARE else style
    draw = rng.random()
    model = style if draw < tunables.MODEL_ID_SHARE else None
    kept = None if model and draw >= tunables.BOTH_IDS_SHARE else style
    ratio = weighted(rng.random(), tunables.ASPECT_RATIOS)
    prompt = f"portrait in the style {style}"
    world.append(schema.GENERATIONS, ident, user_id, event_id, kept, model, names.image(ident), prompt, ratio, moment)
    _mark(world, ident, moment)
    return ident


def load(world: World, target: Target, position: date) -> None:
    """Recall which of the recent photos are going to be deleted."""
    horizon = tunables.DELETED_PHOTO_AGE[1] + 1
    since = datetime.combine(position - timedelta(days=horizon), datetime.min.time(), world.today.start.tzinfo)
    for ident, moment in target.since(schema.GENERATIONS, since):
        _mark(world, ident, moment)


def _mark(world: World, ident: str, moment: datetime) -> None:
    if world.chance.hits("doomed photo", ident, tunables.DELETED_PHOTO_SHARE):
        age = world.chance.span("photo age", ident, *tunables.DELETED_PHOTO_AGE)
        world.plan(moment.toordinal() + age, DELETE, ident)


def live(world: World) -> None:
    """Moderators and guests delete some photos of the days before."""
    world.orphan(schema.GENERATIONS, "id", world.due(DELETE))

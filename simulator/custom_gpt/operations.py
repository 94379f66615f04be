"""What the product notes about itself: a line per request, a line per act, health checks, and its bad hours.

Belongs here: api_request_log, audit_logs and outages. Does not: what a call was for (chats, accounts, ...). Every day
has at least one health check and one nightly clean-up, whatever the scale: they say where a database stands.
"""

from __future__ import annotations

import json
import math
import random
from datetime import datetime, timedelta
from typing import Any

from simulator.custom_gpt import schema, tunables
from simulator.custom_gpt.world import World

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0"


def live(world: World) -> None:
    rng = world.rng("outage")
    world.outage = None
    if rng.random() < tunables.OUTAGE_DAY_SHARE:
        start = world.today.at(rng.uniform(6, 20) * 3600)
        world.outage = (start, start + timedelta(minutes=rng.randint(*tunables.OUTAGE_MINUTES)))
    rng = world.rng("health")
    for minute in range(0, 1440, max(1, round(tunables.CHECK_MINUTES / world.scale))):
        request(world, rng, world.today.at(minute * 60), "GET /health", None)
    audit(world, world.today.at(10800), None, "system.cleanup", "system", None, values={"removed": 0})


def request(
    world: World,
    rng: random.Random,
    moment: datetime,
    call: str,
    user_id: str | None,
    status: int = 200,
    model_id: int | None = None,
) -> tuple[int, int]:
    """Note one call, as 'METHOD /path'; it may fail where it would have returned 200. Returns (status, latency in ms)."""
    down = world.outage is not None and world.outage[0] <= moment < world.outage[1]
    if status == 200 and rng.random() < (tunables.OUTAGE_ERROR_SHARE if down else tunables.ERROR_SHARE):
        status = 503 if down else 500
    median, spread = tunables.LATENCY_MS.get(call, tunables.USUAL_LATENCY_MS)
    latency = int(median * math.exp(rng.gauss(0, spread)) * (4 if down else 1))
    method, _, endpoint = call.partition(" ")
    world.append(
        schema.REQUESTS,
        created_at=moment,
        user_id=user_id,
        endpoint=endpoint,
        method=method,
        status_code=status,
        latency_ms=latency,
        model_id=None if model_id is None else str(model_id),
    )
    return status, latency


def audit(
    world: World,
    moment: datetime,
    user_id: str | None,
    action: str,
    resource_type: str,
    resource_id: Any,
    *,
    success: bool = True,
    request_id: str | None = None,
    values: dict[str, Any] | None = None,
) -> None:
    """Note one act. A request that does several things leaves several lines with its id."""
    address = None if user_id is None else f"192.0.2.{world.chance.span('address', user_id, 1, 254)}"
    world.append(
        schema.AUDIT,
        user_id=user_id,
        action=action,
        resource_type=resource_type,
        resource_id=None if resource_id is None else str(resource_id),
        ip_address=address,
        user_agent=BROWSER if address else None,
        request_id=request_id,
        new_values=json.dumps(values) if values else None,
        event_metadata=json.dumps({"address": address}) if address else None,
        success=success,
        error_message=None if success else "wrong password",
        created_at=moment,
    )


def new_request_id(rng: random.Random) -> str:
    return f"req_{rng.getrandbits(64):016x}"

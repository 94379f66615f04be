"""How the product watches its users: a login, a log row per act, and lifetime counters beside them.

Belongs here: the three traces of a visit and their known defects. Does not: what is done on it (content.py, people.py).
The log row is written before the counter and not in one transaction, and the helper is sometimes called twice.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulator.chance import weighted
from simulator.media_vault import schema, tunables
from simulator.media_vault.world import DAY_END, World

_COUNTER_OF_LAYOUT = {"side_by_side": "studio_layouts_side_by_side", "top_bottom": "studio_layouts_top_bottom"}


@dataclass
class Visit:
    """Somebody is here: a user's record (None: a stranger with a link), and the moment that has been reached."""

    world: World
    rng: random.Random
    user: Any
    moment: datetime

    def pass_time(self) -> None:
        self.moment = min(self.moment + timedelta(seconds=self.rng.randint(20, 300)), self.world.start + DAY_END)

    def log_in(self) -> None:
        method = weighted(self.rng.random(), tunables.LOGIN_METHODS)
        self.world.append(schema.LOGINS, self.world.number(schema.LOGINS), self.user.id, self.moment, method)
        for counter, most in {"pages_viewed": 30, "api_calls_total": 90, "time_spent_minutes": 45}.items():
            self._count(counter, self.rng.randint(1, most))
        self._count("login_count")

    def track(self, action: str, session: int | None = None, **details: Any) -> None:
        feature, counter = tunables.ACTIONS[action]
        counters = [counter]
        if action == "studio_created":
            counters.append(_COUNTER_OF_LAYOUT.get(details["layout"]))
        if action == "smart_caption_generated" and details["theme"] != "custom":
            counters.append(f"caption_{details['theme']}")
        said = self.world.late(self.rng, self.moment, self.user.created_at if self.user else datetime.min)
        for again in range(2 if self.rng.random() < tunables.DOUBLE_SHARE else 1):
            said = min(said + timedelta(milliseconds=again * self.rng.randint(200, 1900)), self.world.start + DAY_END)
            self._log(action, feature, details, session, said)
            if self.user and self.rng.random() >= tunables.COUNTER_LOST_SHARE:
                for name in filter(None, counters):
                    self._count(name)

    def _log(self, action: str, feature: str, details: dict[str, Any], session: int | None, moment: datetime) -> None:
        address = agent = None
        if self.rng.random() < tunables.ADDRESS_KNOWN_SHARE:
            address, agent = f"192.0.2.{self.rng.randrange(256)}", "Mozilla/5.0 (synthetic)"
        self.world.append(
            schema.LOGS,
            self.world.number(schema.LOGS),
            self.user.id if self.user else None,
            action,
            feature,
            json.dumps(details) if details else None,
            address,
            agent,
            None if session is None else str(session),
            moment,
        )

    def _count(self, counter: str, by: int = 1) -> None:
        stats = self.world.stats.rows.get(self.user.id)
        if stats is None:
            zero = dict.fromkeys(schema.COUNTERS, 0)
            when = dict.fromkeys(("first_activity_at", "last_activity_at", "updated_at"), self.moment)
            number = self.world.number(schema.STATS)
            stats = self.world.add(self.world.stats, id=number, user_id=self.user.id, **zero, **when)
        setattr(stats, counter, getattr(stats, counter) + by)
        stats.last_activity_at = stats.updated_at = max(stats.updated_at, self.moment)
        self.world.stats.touch(stats)

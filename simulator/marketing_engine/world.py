"""The world of marketing_engine between two writes: its memory, its calendar and its outgoing rows.

Belongs here: what every part of the world shares (today, ids, rosters, the agenda, rows waiting to be written). Does
not: what happens on a day (accounts, plans, calls, ... beside this file).

As in photobooth, what will happen to an entity is a trait of its id, so a run that starts from the database fills the
same agenda as the run that created it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from simulator.chance import Chance
from simulator.marketing_engine import entities as e
from simulator.marketing_engine import schema, tunables
from simulator.roster import Roster
from simulator.schema import Table
from simulator.targets.base import Row, Target

WORLD_START = date(2024, 11, 1)
Chore = tuple[int, str]  # (day ordinal, what to do)


class Today:
    """The day being lived."""

    def __init__(self, day: date) -> None:
        self.date = day
        self.ordinal = day.toordinal()
        self.start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        self.end = self.start + timedelta(days=1)
        self.last = self.end - timedelta(milliseconds=1)
        self.growth = min((self.ordinal - WORLD_START.toordinal()) / tunables.WORLD_DAYS, 1.0)

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(milliseconds=int(seconds * 1000))


class World:
    def __init__(self, seed: int, scale: float) -> None:
        self.chance = Chance(seed, "marketing_engine")
        self.scale = scale
        self.today = Today(WORLD_START)
        self.users = Roster(schema.USERS, e.User)
        self.subscriptions = Roster(schema.SUBSCRIPTIONS, e.Subscription)
        self.rate_limits = Roster(schema.RATE_LIMITS, e.RateLimit)
        self.campaigns = Roster(schema.CAMPAIGNS, e.Campaign)
        self.plans = Roster(schema.PLANS, e.Plan)
        self.platforms = Roster(schema.PLATFORMS, e.Platform)
        # Written in this order: an account before what belongs to it.
        self.rosters: tuple[Roster[Any], ...] = (
            self.users, self.subscriptions, self.rate_limits, self.campaigns, self.plans, self.platforms,
        )  # fmt: skip
        self.chores: dict[str, Callable[[World, Any], Iterable[Chore]]] = {}  # table name -> what its rows have ahead
        self._owned: dict[tuple[str, str], list[Any]] = defaultdict(list)  # (table name, owner) -> its rows
        self._agenda: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._appended: dict[str, list[Row]] = defaultdict(list)
        self._changed: dict[str, dict[str, Row]] = defaultdict(dict)
        self._orphans: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._counters: dict[str, int] = defaultdict(int)

    # --- days ------------------------------------------------------------------------------------
    def begin(self, day: date) -> None:
        self.today = Today(day)
        self._counters.clear()

    def settle(self) -> None:
        """End the day: newcomers take their place and their future goes into the agenda."""
        for roster in self.rosters:
            self._join(roster, roster.settle())
        for day in [d for d in self._agenda if d <= self.today.ordinal]:
            del self._agenda[day]

    def _join(self, roster: Roster[Any], born: list[Any]) -> None:
        chores = self.chores.get(roster.table.name)
        for entity in born:
            self._owned[roster.table.name, owner_of(entity)].append(entity)
            for day, action in chores(self, entity) if chores else ():
                self.plan(day, action, entity.id)

    def rng(self, theme: str) -> random.Random:
        """Today's generator of one theme: a change in one theme leaves the others as they were."""
        return self.chance.rng(theme, self.today.ordinal)

    def due(self, action: str) -> list[str]:
        """The ids for which `action` is on today's agenda, in a fixed order."""
        return sorted(set(self._agenda.get(self.today.ordinal, {}).pop(action, ())))

    def plan(self, day: int, action: str, ident: str) -> None:
        if day > self.today.ordinal:
            self._agenda[day][action].append(ident)

    def late(self, rng: random.Random, moment: datetime, floor: datetime) -> datetime:
        """When a row that becomes visible today says it was created: mostly `moment`, sometimes long before it."""
        draw = rng.random()
        if draw < tunables.VERY_LATE_SHARE:
            moment -= timedelta(days=rng.randint(*tunables.VERY_LATE_DAYS))
        elif draw < tunables.LATE_SHARE:
            moment -= timedelta(seconds=int(3600 * rng.uniform(*tunables.LATE_HOURS)))
        return max(moment, floor)

    # --- rows ------------------------------------------------------------------------------------
    def of(self, roster: Roster[Any], owner: str) -> list[Any]:
        """The rows of `roster` that belong to `owner` and were there this morning."""
        return self._owned.get((roster.table.name, owner), [])

    def subscription(self, user_id: str) -> e.Subscription | None:
        return next(iter(self.of(self.subscriptions, user_id)), None)

    def remove(self, roster: Roster[Any], entity: Any) -> None:
        roster.remove(entity)
        owned = self.of(roster, owner_of(entity))
        if entity in owned:
            owned.remove(entity)

    def new_id(self, table: Table) -> str:
        self._counters[table.name] += 1
        return self.chance.uuid(table.name, self.today.ordinal, self._counters[table.name])

    def append(self, table: Table, *values: Any) -> None:
        self._appended[table.name].append(values)

    def change(self, table: Table, key: str, **values: Any) -> None:
        """Overwrite a row of an append table: `values` are all its changing columns."""
        row = {table.key: key, **values}
        self._changed[table.name][key] = tuple(row.get(name) for name in table.names)

    def orphan(self, table: Table, column: str, values: Iterable[str]) -> None:
        """Hard-delete the rows of an append table where `column` is one of `values`."""
        self._orphans[table.name, column].extend(values)

    @property
    def waiting(self) -> int:
        """How many appended rows wait to be written."""
        return sum(map(len, self._appended.values()))

    # --- the database ----------------------------------------------------------------------------
    def load(self, target: Target, position: date) -> None:
        """Remember what the database says at the end of `position`."""
        self.begin(position)
        for roster in self.rosters:
            roster.load(target.read(roster.table))
            self._join(roster, roster.rows)

    def recent(self, target: Target, table: Table, days: int, *columns: str) -> list[Row]:
        """(key, event time, columns) of the newest rows of an append table; ids as text, nothing where it is lacking."""
        if not {table.event_time, *columns} <= set(target.columns_of(table)):
            return []
        wanted = [f"cast({c} as text)" if table.by_name[c].type == "uuid" else c for c in columns]
        return sorted(target.since(table, self.today.start - timedelta(days=days), *wanted), key=lambda row: row[:2])

    def write(self, target: Target) -> tuple[dict[str, int], int, int]:
        """Write what has changed, in one transaction. Returns rows inserted per table, updated and deleted."""
        inserted: dict[str, int] = {}
        updated = deleted = 0
        tables = {table.name: table for table in schema.TABLES}
        with target.transaction():
            for roster in self.rosters:
                gone, births, changes = roster.drain()
                deleted += target.delete(roster.table, roster.table.key, gone)
                inserted[roster.table.name] = target.insert(roster.table, births)
                updated += target.update(roster.table, changes)
            for name, rows in self._appended.items():
                inserted[name] = target.insert(tables[name], rows)
            for name, changed in self._changed.items():
                updated += target.update(tables[name], list(changed.values()))
            for (name, column), values in self._orphans.items():
                deleted += target.delete(tables[name], column, values)
        for waiting in (self._appended, self._changed, self._orphans):
            waiting.clear()
        return inserted, updated, deleted


def owner_of(entity: Any) -> str:
    """Whose row it is: the plan's for its platforms, else the user's (a user is its own)."""
    return getattr(entity, "media_plan_id", None) or getattr(entity, "user_id", entity.id)

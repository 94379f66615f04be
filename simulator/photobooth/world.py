"""The world of photobooth between two writes: its memory, its calendar and its outgoing rows.

Belongs here: what every part of the world shares (today, ids, rosters, the agenda, rows waiting to be written). Does
not: what happens on a day (accounts, direct, partners, events, ... beside this file).

Nothing is remembered outside the source's own tables. What will happen to an entity (its party, its deletion) is a
trait of its id, so a run that starts from the database fills the same agenda as the run that created it.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from simulator.chance import Chance, choose
from simulator.photobooth import entities as e
from simulator.photobooth import schema, tunables
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
        self.age = self.ordinal - WORLD_START.toordinal()
        self.growth = self.age / tunables.WORLD_DAYS

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=int(seconds), milliseconds=int(seconds % 1 * 1000))


class Outage(NamedTuple):
    """Some hours of the day in which a component is mostly down."""

    component: str
    start: datetime
    end: datetime

    def spoils(self, component: str, moment: datetime) -> bool:
        return component == self.component and self.start <= moment < self.end


class World:
    def __init__(self, seed: int, scale: float) -> None:
        self.chance = Chance(seed, "photobooth")
        self.scale = scale
        self.today = Today(WORLD_START)
        self.outage: Outage | None = None
        self.profiles = Roster(schema.PROFILES, e.Profile)
        self.partners = Roster(schema.PARTNERS, e.Partner)
        self.clients = Roster(schema.CLIENTS, e.Client)
        self.events = Roster(schema.EVENTS, e.Event)
        self.styles = Roster(schema.STYLES, e.Style)
        self.favorites = Roster(schema.FAVORITES, e.Favorite)
        self.contracts = Roster(schema.CONTRACTS, e.Contract)
        # Written in this order: an account before what belongs to it.
        self.rosters: tuple[Roster[Any], ...] = (
            self.profiles, self.partners, self.clients, self.events, self.styles, self.favorites, self.contracts,
        )  # fmt: skip
        self.chores: dict[str, Callable[[World, Any], Iterable[Chore]]] = {}  # table name -> what its rows have ahead
        self.on_change: list[Callable[[World, Roster[Any], list[Any]], None]] = []
        self._agenda: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._appended: dict[str, list[Row]] = defaultdict(list)
        self._orphans: list[tuple[Table, str, list[str]]] = []
        self._counters: dict[str, int] = defaultdict(int)

    # --- days ------------------------------------------------------------------------------------
    def begin(self, day: date) -> None:
        self.today = Today(day)
        self._counters.clear()
        self.outage = self._outage()

    def _outage(self) -> Outage | None:
        rng = self.rng("outage")
        if rng.random() >= tunables.OUTAGE_DAY_SHARE:
            return None
        start = self.today.at(60 * rng.randrange(1440))
        end = min(start + timedelta(minutes=tunables.OUTAGE_MINUTES), self.today.end)
        return Outage(choose(rng, tuple(tunables.COMPONENTS)), start, end)

    def settle(self) -> None:
        """End the day: newcomers take their place and their future goes into the agenda."""
        for roster in self.rosters:
            born = roster.settle()
            for entity in born:
                self._plan(roster, entity)
            for hook in self.on_change:
                hook(self, roster, born)

    def rng(self, theme: str) -> random.Random:
        """Today's generator of one theme: a change in one theme leaves the others as they were."""
        return self.chance.rng(theme, self.today.ordinal)

    def due(self, action: str) -> list[str]:
        """The ids for which `action` is on today's agenda, in a fixed order."""
        return sorted(self._agenda.get(self.today.ordinal, {}).pop(action, ()))

    def plan(self, day: int, action: str, ident: str) -> None:
        if day > self.today.ordinal:
            self._agenda[day][action].append(ident)

    def forget_past(self) -> None:
        for day in [d for d in self._agenda if d <= self.today.ordinal]:
            del self._agenda[day]

    def _plan(self, roster: Roster[Any], entity: Any) -> None:
        chores = self.chores.get(roster.table.name)
        for day, action in chores(self, entity) if chores else ():
            self.plan(day, action, entity.id)

    # --- rows ------------------------------------------------------------------------------------
    def new_id(self, table: Table) -> str:
        self._counters[table.name] += 1
        return self.chance.uuid(table.name, self.today.ordinal, self._counters[table.name])

    def append(self, table: Table, *values: Any) -> None:
        self._appended[table.name].append(values)

    def orphan(self, table: Table, column: str, values: list[str]) -> None:
        """Hard-delete the rows of an append table where `column` is one of `values`."""
        if values:
            self._orphans.append((table, column, values))

    def log(
        self,
        moment: datetime,
        action: str,
        *,
        partner_id: str | None = None,
        event_id: str | None = None,
        user: e.Profile | None = None,
        details: dict[str, Any] | None = None,
        api_cost: str | None = None,
    ) -> None:
        who = (user.id, user.email) if user else (None, None)
        text = json.dumps(details) if details else None
        self.append(schema.LOGS, self.new_id(schema.LOGS), moment, partner_id, event_id, *who, action, text, api_cost)

    def late(self, rng: random.Random, moment: datetime, floor: datetime) -> datetime:
        """When a row that becomes visible today says it was created: mostly `moment`, sometimes long before it."""
        draw = rng.random()
        if draw < tunables.VERY_LATE_SHARE:
            moment -= timedelta(days=rng.randint(*tunables.VERY_LATE_DAYS))
        elif draw < tunables.LATE_SHARE:
            moment -= timedelta(seconds=int(3600 * rng.uniform(*tunables.LATE_HOURS)))
        return max(moment, min(floor, self.today.end - timedelta(milliseconds=1)))

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
        for roster in self.rosters:
            for entity in roster.rows:
                self._plan(roster, entity)
            for hook in self.on_change:
                hook(self, roster, roster.rows)

    def write(self, target: Target) -> tuple[dict[str, int], int, int]:
        """Write what has changed, in one transaction. Returns rows inserted per table, updated and deleted."""
        inserted: dict[str, int] = {}
        updated = deleted = 0
        with target.transaction():
            for roster in self.rosters:
                gone, births, changes = roster.drain()
                deleted += target.delete(roster.table, roster.table.key, gone)
                inserted[roster.table.name] = target.insert(roster.table, births)
                updated += target.update(roster.table, changes)
            for table in schema.TABLES:
                if table.name in self._appended:
                    inserted[table.name] = target.insert(table, self._appended[table.name])
            for table, column, values in self._merged_orphans():
                deleted += target.delete(table, column, values)
        self._appended.clear()
        self._orphans.clear()
        return inserted, updated, deleted

    def _merged_orphans(self) -> Iterable[tuple[Table, str, list[str]]]:
        merged: dict[tuple[str, str], tuple[Table, list[str]]] = {}
        for table, column, values in self._orphans:
            merged.setdefault((table.name, column), (table, []))[1].extend(values)
        return [(table, column, values) for (_, column), (table, values) in merged.items()]

"""The world of media_vault between two writes: its memory, what lies ahead, and its outgoing rows.

Belongs here: what every part of the world shares. Does not: what happens on a day (people, credits, content).

Nothing is remembered outside the source's own tables. What will happen to a row (its deletion, its settlement) is a trait
of its key, so a run that starts from the database finds the same days ahead as the run that wrote it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from simulator.chance import Chance
from simulator.media_vault import schema, tunables
from simulator.schema import Table
from simulator.targets.base import Row, Target

# Rows are numbered within their day, so a run that comes later gives the numbers that one run would have given, even
# where the last row of the day before is gone. A day has room for so many rows of a table.
IDS_PER_DAY = 200_000
DAY_END = timedelta(days=1, milliseconds=-1)


class Record(SimpleNamespace):
    """One row of a table that is kept in memory: an attribute per column."""


class Roster:
    """The living rows of one table, and what has changed since they were last written.

    `rows` is keyed by the column `index` and in the order in which another run would read it back, so that draws along
    it fall on the same rows. `of` holds the rows of each user.
    """

    def __init__(self, table: Table, index: str = "id", order: tuple[str, ...] = ("id",)) -> None:
        self.table, self.index, self.order = table, index, order
        self.rows: dict[Any, Record] = {}
        self.of: dict[str, dict[Any, Record]] = defaultdict(dict)
        self._values = attrgetter(*table.names)
        self._born: dict[Any, Record] = {}
        self._touched: dict[Any, Record] = {}
        self._gone: list[str] = []

    def load(self, rows: Iterable[Row]) -> None:
        """Take over what the database holds; rows without key or time are not ours."""
        records = [Record(**dict(zip(self.table.names, row, strict=True))) for row in rows]
        needed = {self.index, *self.order}
        whole = [r for r in records if all(getattr(r, name) is not None for name in needed)]
        for record in sorted(whole, key=attrgetter(*self.order)):
            self._place(record)

    def add(self, record: Record) -> None:
        self._place(record)
        self._born[getattr(record, self.index)] = record

    def touch(self, record: Record) -> None:
        key = getattr(record, self.index)
        if key not in self._born:
            self._touched[key] = record

    def remove(self, record: Record) -> None:
        key = getattr(record, self.index)
        del self.rows[key]
        self.of[getattr(record, "user_id", "")].pop(key, None)
        self._touched.pop(key, None)
        if self._born.pop(key, None) is None:
            self._gone.append(str(getattr(record, self.table.key)))

    def drain(self) -> tuple[list[str], list[Row], list[Row]]:
        """(keys to delete, rows to insert, rows to update) since the last call."""
        found = self._gone, [*map(self._values, self._born.values())], [*map(self._values, self._touched.values())]
        self._gone, self._born, self._touched = [], {}, {}
        return found

    def _place(self, record: Record) -> None:
        key = getattr(record, self.index)
        self.rows[key] = record
        self.of[getattr(record, "user_id", "")][key] = record


class World:
    def __init__(self, seed: int, scale: float) -> None:
        self.chance = Chance(seed, "media_vault")
        self.scale = scale
        self.users = Roster(schema.USERS, order=("created_at", "id"))
        self.stats = Roster(schema.STATS, index="user_id")
        self.sessions = Roster(schema.SESSIONS)
        self.media = Roster(schema.MEDIA)
        self.items = Roster(schema.ITEMS)
        self.likes = Roster(schema.LIKES)
        self.wallets = Roster(schema.WALLETS, index="user_id", order=("user_id",))
        self.purchases = Roster(schema.PURCHASES)
        self.rosters = (
            self.users, self.stats, self.sessions, self.media, self.items, self.likes, self.wallets, self.purchases,
        )  # fmt: skip
        self._ahead: dict[int, list[tuple[str, Any]]] = defaultdict(list)
        self._appended: dict[str, list[Row]] = defaultdict(list)
        self._orphans: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.begin(tunables.WORLD_START)

    # --- time ------------------------------------------------------------------------------------
    def begin(self, day: date) -> None:
        self.day, self.ordinal = day, day.toordinal()
        self.start = datetime(day.year, day.month, day.day)  # without a zone, as the source has it
        self.age = self.ordinal - tunables.WORLD_START.toordinal()
        self.growth = min(1.0, self.age / tunables.WORLD_DAYS)
        self._numbers: dict[str, int] = defaultdict(int)

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=int(seconds), milliseconds=int(seconds % 1 * 1000))

    def late(self, rng: random.Random, moment: datetime, floor: datetime) -> datetime:
        """When a row that becomes visible today says it was created: mostly `moment`, sometimes long before it."""
        draw = rng.random()
        if draw < tunables.VERY_LATE_SHARE:
            moment -= timedelta(days=rng.randint(*tunables.VERY_LATE_DAYS))
        elif draw < tunables.LATE_SHARE:
            moment -= timedelta(seconds=int(3600 * rng.uniform(*tunables.LATE_HOURS)))
        return min(max(moment, floor), self.start + DAY_END)

    def rng(self, theme: str, *key: object) -> random.Random:
        """Today's generator of one theme: a change in one theme leaves the others as they were."""
        return self.chance.rng(theme, self.ordinal, *key)

    def ahead(self) -> list[tuple[datetime, str, Any]]:
        """(moment, what happens, key of the row) of everything that was to happen today."""
        found = self._ahead.pop(self.ordinal, [])
        return [(self.at(self.chance.span(f"{what} at", key, 60, 80000)), what, key) for what, key in found]

    def _look_ahead(self, roster: Roster, record: Record) -> None:
        key = getattr(record, roster.index)
        for what, share, days in tunables.AHEAD.get(roster.table.name, ()):
            if self.chance.hits(what, key, share):
                day = record.created_at.toordinal() + self.chance.span(f"{what} after", key, *days)
                if day > self.ordinal:
                    self._ahead[day].append((what, key))

    # --- rows ------------------------------------------------------------------------------------
    def number(self, table: Table) -> int:
        self._numbers[table.name] += 1
        return self.age * IDS_PER_DAY + self._numbers[table.name]

    def add(self, roster: Roster, **values: Any) -> Record:
        record = Record(**values)
        roster.add(record)
        self._look_ahead(roster, record)
        return record

    def append(self, table: Table, *values: Any) -> None:
        self._appended[table.name].append(values)

    def orphan(self, table: Table, column: str, value: object) -> None:
        """Hard-delete the rows of an append table where `column` is `value`."""
        self._orphans[table.name, column].append(str(value))

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
            for record in roster.rows.values():
                self._look_ahead(roster, record)

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
            for (name, column), values in self._orphans.items():
                deleted += target.delete(tables[name], column, values)
            deleted += self._forget_old_logs(target)
        self._appended.clear()
        self._orphans.clear()
        return inserted, updated, deleted

    def _forget_old_logs(self, target: Target) -> int:
        """The product's own retention; it goes by the day, so it does not matter how often we write."""
        limit = self.start - timedelta(days=tunables.LOG_RETENTION_DAYS)
        old = target.query(f"select id from public.{schema.LOGS.name} where created_at < timestamp '{limit}'")
        return target.delete(schema.LOGS, "id", [str(number) for (number,) in old])

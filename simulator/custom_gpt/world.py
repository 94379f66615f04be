"""The world of custom_gpt between two writes: its memory, its calendar and its outgoing rows.

Belongs here: what every part of the world shares (today, ids, rosters, the agenda, rows waiting to be written). Does
not: what happens on a day (accounts, billing, chats, training, operations beside this file).

Nothing is remembered outside the source's own tables: what lies ahead of a row is a trait of its id, so a run that
starts from the database fills the same agenda as the run that created it.
"""

from __future__ import annotations

import random
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from simulator.chance import Chance
from simulator.custom_gpt import schema, tunables
from simulator.roster import Roster
from simulator.schema import Table
from simulator.targets.base import Row, Target

WORLD_START = date(2024, 11, 1)
IDS_PER_DAY = 100_000  # numbers are drawn from the day's own range, so they grow with time and never clash
Chore = tuple[int, str]  # (days after the row was created, what to do)


def real(value: float) -> float:
    """What a column of type real makes of a number."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


class Today:
    """The day being lived, in UTC without a zone, as the product writes it."""

    def __init__(self, day: date) -> None:
        self.date = day
        self.ordinal = day.toordinal()
        self.start = datetime(day.year, day.month, day.day)
        self.end = self.start + timedelta(days=1)
        self.age = self.ordinal - WORLD_START.toordinal()
        self.growth = min(self.age / tunables.WORLD_DAYS, 1.0)

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(milliseconds=int(seconds * 1000))


class World:
    def __init__(self, seed: int, scale: float) -> None:
        self.chance = Chance(seed, "custom_gpt")
        self.scale = scale
        self.today = Today(WORLD_START)
        self.outage: tuple[datetime, datetime] | None = None
        self.chores: dict[str, Callable[[World, Any], Iterable[Chore]]] = {}  # table name -> what its rows have ahead
        # What is kept in memory, as plain records with one attribute per column; written in this order.
        small = (
            schema.USERS, schema.SUBSCRIPTIONS, schema.PAYMENT_METHODS, schema.DATASETS, schema.TRAININGS,
            schema.MODELS, schema.INVOICES,
        )  # fmt: skip
        self.rosters: dict[str, Roster[Any]] = {table.name: Roster(table, _maker(table)) for table in small}
        self.users, self.subscriptions = self.rosters["users"], self.rosters["subscriptions"]
        self.models, self.invoices = self.rosters["models"], self.rosters["billing_invoices"]
        self.datasets, self.trainings = self.rosters["datasets"], self.rosters["training_sessions"]
        self.habits: dict[str, tuple[float, float]] = {}  # traits that are asked for every day
        self._agenda: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._appended: dict[str, list[Row]] = defaultdict(list)
        self._orphans: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._forgotten: list[int] = []
        self._counters: dict[str, int] = defaultdict(int)

    # --- days ------------------------------------------------------------------------------------
    def begin(self, day: date) -> None:
        self.today = Today(day)
        self._counters.clear()

    def settle(self) -> None:
        """End the day: newcomers take their place and what lies ahead of them goes into the agenda."""
        for roster in self.rosters.values():
            for entity in roster.settle():
                self._plan(roster.table, entity)
        for day in [d for d in self._agenda if d <= self.today.ordinal]:
            del self._agenda[day]

    def rng(self, theme: str) -> random.Random:
        """Today's generator of one theme: a change in one theme leaves the others as they were."""
        return self.chance.rng(theme, self.today.ordinal)

    def due(self, action: str, roster: Roster[Any]) -> list[Any]:
        """The rows of `roster` for which `action` is on today's agenda, in a fixed order."""
        idents = sorted(self._agenda.get(self.today.ordinal, {}).get(action, ()))
        return [roster.by_id[ident] for ident in idents if ident in roster.by_id]

    def _plan(self, table: Table, entity: Any) -> None:
        chores = self.chores.get(table.name)
        for after, action in chores(self, entity) if chores else ():
            day = entity.created_at.toordinal() + after
            if day > self.today.ordinal:
                self._agenda[day][action].append(entity.id)

    def living(self, roster: Roster[Any]) -> list[Any]:
        """The rows that were there this morning and are still there."""
        return [entity for entity in roster.rows if entity.id in roster.by_id]

    # --- rows ------------------------------------------------------------------------------------
    def add(self, table: Table, **values: Any) -> Any:
        """A new row of a table that is kept in memory; columns that aren't named are NULL."""
        return self.rosters[table.name].add(_maker(table)(*self._row(table, values)))

    def append(self, table: Table, **values: Any) -> Any:
        """A new row of a table that is only written; returns its id."""
        row = self._row(table, values)
        self._appended[table.name].append(row)
        return row[0]

    def _row(self, table: Table, values: dict[str, Any]) -> Row:
        if unknown := values.keys() - set(table.names):
            raise KeyError(f"{table.name} has no column {sorted(unknown)}")
        row = {"id": self._new_id(table)} | values
        return tuple(_fitted(row.get(column.name), column.type) for column in table.columns)

    def _new_id(self, table: Table) -> Any:
        self._counters[table.name] += 1
        count = self._counters[table.name]
        if table.by_name["id"].type in ("serial", "bigint"):
            return self.today.age * IDS_PER_DAY + count
        return self.chance.uuid(table.name, self.today.ordinal, count)

    def orphan(self, table: Table, column: str, value: Any) -> None:
        """Hard-delete the rows of an append table that belong to what is gone."""
        self._orphans[table.name, column].append(value)

    def remove_model(self, model: Any) -> None:
        """The conversations with a model go with it; its usage stays and no longer says which model it was."""
        self.models.remove(model)
        self.orphan(schema.CONVERSATIONS, "model_id", model.id)
        self._forgotten.append(model.id)

    def late(self, rng: random.Random, moment: datetime, floor: datetime) -> datetime:
        """When a row that becomes visible today says it was created: mostly `moment`, sometimes long before it."""
        draw = rng.random()
        if draw < tunables.VERY_LATE_SHARE:
            moment -= timedelta(days=rng.randint(*tunables.VERY_LATE_DAYS))
        elif draw < tunables.LATE_SHARE:
            moment -= timedelta(seconds=int(3600 * rng.uniform(*tunables.LATE_HOURS)))
        return max(moment, floor)

    @property
    def waiting(self) -> int:
        """How many appended rows wait to be written."""
        return sum(map(len, self._appended.values()))

    # --- the database ----------------------------------------------------------------------------
    def load(self, target: Target, position: date) -> None:
        """Remember what the database says at the end of `position`."""
        self.begin(position)
        for roster in self.rosters.values():
            roster.load(target.read(roster.table))
            for entity in roster.rows:
                self._plan(roster.table, entity)

    def write(self, target: Target) -> tuple[dict[str, int], int, int]:
        """Write what has changed, in one transaction. Returns rows inserted per table, updated and deleted."""
        inserted: dict[str, int] = {}
        updated = deleted = 0
        with target.transaction():
            for table in schema.TABLES:
                if table.name in self._appended:
                    inserted[table.name] = target.insert(table, self._appended[table.name])
            for roster in self.rosters.values():
                gone, births, changes = roster.drain()
                deleted += target.delete(roster.table, "id", [str(ident) for ident in gone])
                inserted[roster.table.name] = target.insert(roster.table, births)
                updated += target.update(roster.table, changes)
            for (name, column), values in self._orphans.items():
                table = next(t for t in schema.TABLES if t.name == name)
                deleted += target.delete(table, column, [str(value) for value in values])
            updated += _forget_models(target, self._forgotten)
        self._appended.clear()
        self._orphans.clear()
        self._forgotten.clear()
        return inserted, updated, deleted


def _forget_models(target: Target, gone: list[int]) -> int:
    if not gone or "model_id" not in target.columns_of(schema.USAGE):
        return 0
    idents = ", ".join(str(ident) for ident in gone)
    left = target.query(f"select id from public.usage_records where model_id in ({idents})")
    empty = (None,) * (len(schema.USAGE.columns) - 1)
    return target.update(schema.USAGE, [(ident, *empty) for (ident,) in left])


def _maker(table: Table) -> Callable[..., Any]:
    return lambda *row: SimpleNamespace(**dict(zip(table.names, row, strict=True)))


def _fitted(value: Any, kind: str) -> Any:
    return real(value) if kind == "real" and value is not None else value

"""The world of character_studio between two writes: its memory, its agenda and its outgoing rows.

Belongs here: what every part of the world shares (today, ids, rows, what is due). Does not: what happens on a day (the
modules beside this file).

Nothing is remembered outside the source's own tables. What will happen to a row (a like, a refund, a deletion) is a
trait of its id, so a run that starts from the database fills the same agenda as the run that created the row.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from simulator.chance import Chance
from simulator.character_studio import schema, tunables
from simulator.character_studio.store import Store
from simulator.schema import Table
from simulator.targets.base import Target

START = date(2024, 11, 1)
TICK = timedelta(microseconds=1)
Chore = tuple[datetime, str]  # (some time of the day on which it is due, what to do)


class Today:
    """The day being lived, in UTC without a zone, as the tables of users tell time."""

    def __init__(self, day: date) -> None:
        self.date = day
        self.ordinal = day.toordinal()
        self.start = datetime.combine(day, time())
        self.last = self.start + timedelta(days=1) - TICK
        self.age = self.ordinal - START.toordinal()
        self.growth = min(self.age / tunables.WORLD_DAYS, 1.0)

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(milliseconds=int(seconds * 1000))


class World:
    def __init__(self, seed: int, scale: float) -> None:
        self.chance = Chance(seed, "character_studio")
        self.scale = scale
        self.today = Today(START)
        self.users = Store(schema.USERS, None, "id")
        self.subscriptions = Store(schema.SUBSCRIPTIONS, None)
        self.credits = Store(schema.CREDITS, None)
        self.ledger = Store(schema.LEDGER, 0)
        self.characters = Store(schema.CHARACTERS, None)
        self.jobs = Store(schema.JOBS, 5)
        self.images = Store(schema.IMAGES, tunables.IMAGE_DAYS + 2, "character_id")
        self.posts = Store(schema.POSTS, tunables.POST_DAYS + 2, "character_id")
        self.loras = Store(schema.LORAS, None)
        self.bugs = Store(schema.BUGS, None)
        self.requests = Store(schema.REQUESTS, None)
        self.funnel = Store(schema.FUNNEL, 8, "session_id")
        self.options = Store(schema.OPTIONS, 0)
        self.admins = Store(schema.ADMINS, None, "id")
        self.audit = Store(schema.AUDIT, 0)
        self.payments = Store(schema.PAYMENTS, tunables.PAYMENT_DAYS + 2)
        self.sessions = Store(schema.SESSIONS, 0)
        self.stores: dict[str, Store] = {s.table.name: s for s in vars(self).values() if isinstance(s, Store)}
        self.chores: dict[str, Callable[[World, Any], Iterable[Chore]]] = {}  # table name -> what its rows have ahead
        self._agenda: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._cascades: list[tuple[str, Table, str, str]] = []
        self._counters: dict[str, int] = defaultdict(int)

    # --- days ------------------------------------------------------------------------------------
    def begin(self, day: date) -> None:
        self.today = Today(day)
        self._counters.clear()
        for store in self.stores.values():
            store.trim(self.today.ordinal)

    def settle(self) -> dict[str, list[Any]]:
        """End the day: the future of what was born goes into the agenda. Returns the born by table."""
        born = {name: store.settle() for name, store in self.stores.items()}
        for name, rows in born.items():
            for row in rows:
                self.plan(name, row)
        for day in [d for d in self._agenda if d <= self.today.ordinal]:
            del self._agenda[day]
        return born

    def plan(self, table: str, row: Any) -> None:
        """Put what lies ahead of a row into the agenda; done again when its state has changed."""
        for moment, action in self.chores[table](self, row) if table in self.chores else ():
            if moment.toordinal() > self.today.ordinal:
                self._agenda[moment.toordinal()][action].add(row.id)

    def due(self, action: str, store: Store) -> list[Any]:
        """The rows for which `action` is on today's agenda and that are still there, in a fixed order."""
        planned = sorted(self._agenda.get(self.today.ordinal, {}).pop(action, ()))
        return [store.by_id[ident] for ident in planned if ident in store.by_id]

    def rng(self, theme: str) -> random.Random:
        """Today's generator of one theme: a change in one theme leaves the others as they were."""
        return self.chance.rng(theme, self.today.ordinal)

    def new_id(self, table: Table) -> str:
        self._counters[table.name] += 1
        return self.chance.uuid(table.name, self.today.ordinal, self._counters[table.name])

    def log(self, moment: datetime, admin: Any, action: str, entity: str, ident: str | None, details: str) -> None:
        """An entry of the audit log; the tables of administrators tell time with a zone."""
        self.audit.add(
            id=self.new_id(schema.AUDIT), admin_id=admin.id, action=action, entity_type=entity, entity_id=ident,
            details=details, ip_address="192.0.2.7", user_agent="Mozilla/5.0", created_at=moment.replace(tzinfo=UTC),
        )  # fmt: skip

    # --- what goes with something else -----------------------------------------------------------
    def delete_all(self, table: Table, column: str, ident: str) -> None:
        """Hard-delete the rows of which `column` is `ident`, also those that nobody remembers."""
        store = self.stores[table.name]
        for row in store.having(column, ident):
            store.remove(row)
        self._cascades.append(("delete", table, column, ident))

    def clear_all(self, table: Table, column: str, ident: str) -> None:
        """Set `column` to NULL where it is `ident`, also in rows that nobody remembers."""
        for row in self.stores[table.name].having(column, ident):
            setattr(row, column, None)
        self._cascades.append(("clear", table, column, ident))

    # --- the database ----------------------------------------------------------------------------
    @property
    def waiting(self) -> int:
        return sum(store.waiting for store in self.stores.values())

    def load(self, target: Target, position: date) -> None:
        """Remember what the database says at the end of `position`."""
        self.begin(position)
        for name, store in self.stores.items():
            for row in store.load(target, position):
                self.plan(name, row)

    def write(self, target: Target) -> tuple[dict[str, int], int, int]:
        """Write what has changed, in one transaction. Returns rows inserted per table, updated and deleted."""
        inserted: dict[str, int] = {}
        updated = deleted = 0
        with target.transaction():
            for table in schema.TABLES:
                gone, births, changes = self.stores[table.name].drain()
                deleted += target.delete(table, table.key, gone)
                inserted[table.name] = target.insert(table, births)
                updated += target.update(table, changes)
            merged: dict[tuple[str, str, str], tuple[Table, list[str]]] = {}
            for kind, table, column, ident in self._cascades:
                merged.setdefault((kind, table.name, column), (table, []))[1].append(ident)
            for (kind, _, column), (table, values) in merged.items():
                if kind == "delete":
                    deleted += target.delete(table, column, values)
                else:
                    updated += target.clear(table, column, values)
        self._cascades.clear()
        return inserted, updated, deleted

"""The living rows of one small table, as objects.

Belongs here: what every system needs to remember its small tables between two writes. Does not: the rows of any system
(photobooth/entities.py and its neighbours), or how they travel (targets/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from simulator.schema import Table
from simulator.targets.base import Row


class Entity(Protocol):
    id: str
    created_at: datetime


E = TypeVar("E", bound=Entity)


class Roster(Generic[E]):
    """The living rows of one table, and what has changed since they were last written.

    `rows` is always in the order (created_at, id), the order in which another run would read them back: draws that go
    along the roster then fall on the same rows. What is born on a day joins `rows` at its end (`settle`).
    """

    def __init__(self, table: Table, make: Callable[..., E]) -> None:
        self.table = table
        self.rows: list[E] = []
        self.by_id: dict[str, E] = {}
        self._make = make
        self._row = attrgetter(*table.names)
        self._born: list[E] = []
        self._left: set[str] = set()
        self._unwritten: dict[str, E] = {}
        self._touched: dict[str, E] = {}
        self._gone: list[str] = []

    def load(self, rows: Iterable[Row]) -> None:
        """Take over what the database holds; rows without key or time, and second copies of a key, are not ours."""
        for row in rows:
            entity = self._make(*row)
            if entity.id is not None and entity.created_at is not None:
                self.by_id.setdefault(entity.id, entity)
        self.rows = sorted(self.by_id.values(), key=_order)

    def add(self, entity: E) -> E:
        self.by_id[entity.id] = entity
        self._born.append(entity)
        self._unwritten[entity.id] = entity
        return entity

    def touch(self, entity: E) -> None:
        if entity.id not in self._unwritten:
            self._touched[entity.id] = entity

    def remove(self, entity: E) -> None:
        del self.by_id[entity.id]
        self._left.add(entity.id)
        self._touched.pop(entity.id, None)
        if self._unwritten.pop(entity.id, None) is None:
            self._gone.append(entity.id)

    def settle(self) -> list[E]:
        """End the day: the born join and the removed leave. Returns the born who are still there."""
        if self._left:
            self.rows = [e for e in self.rows if e.id not in self._left]
        born = sorted((e for e in self._born if e.id not in self._left), key=_order)
        self.rows += born
        self._born, self._left = [], set()
        return born

    def drain(self) -> tuple[list[str], list[Row], list[Row]]:
        """(keys to delete, rows to insert, rows to update) since the last call."""
        gone, inserts, updates = self._gone, self._unwritten, self._touched
        self._gone, self._unwritten, self._touched = [], {}, {}
        return gone, [self._row(e) for e in inserts.values()], [self._row(e) for e in updates.values()]


def _order(entity: Any) -> tuple[datetime, str]:
    return entity.created_at, entity.id

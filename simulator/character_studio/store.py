"""What is remembered of one table, and what of it waits to be written.

Belongs here: rows as objects, found by id or owner. Does not: what they mean (the other modules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import make_dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from simulator.schema import Table
from simulator.targets.base import Row, Target


class Store:
    """The rows of one table: all of them (`keep` is None), or those created in the last `keep` days (0: none).

    Rows are objects with the columns as attributes. `of` gives the rows of one owner in the order (created_at, id), so
    that draws fall on the same rows whether they were born in this run or read back.
    """

    def __init__(self, table: Table, keep: int | None, owner: str = "user_id") -> None:
        self.table, self.keep, self._owner = table, keep, owner
        self.by_id: dict[str, Any] = {}
        self._make: Callable[..., Any] = make_dataclass(
            table.name, [(name, Any, None) for name in table.names], eq=False, slots=True
        )
        self._row = attrgetter(*table.names)
        self._owned: dict[str, list[Any]] = defaultdict(list)
        self._days: dict[int, list[str]] = defaultdict(list)
        self._born: list[Any] = []
        self._unwritten: dict[str, Any] = {}
        self._touched: dict[str, Any] = {}
        self._gone: list[str] = []

    def load(self, target: Target, until: date) -> list[Any]:
        if self.keep == 0:
            return []
        since = None if self.keep is None else datetime.combine(until, time()) - timedelta(days=self.keep)
        for row in target.read(self.table, since):
            self._remember(self._make(*row))
        return list(self.by_id.values())

    def add(self, **values: Any) -> Any:
        row = self._make(**values)
        self._unwritten[row.id] = row
        if self.keep != 0:
            self._remember(row)
            self._born.append(row)
        return row

    def _remember(self, row: Any) -> None:
        self.by_id[row.id] = row
        if hasattr(row, self._owner):
            self._owned[getattr(row, self._owner)].append(row)
        if self.keep is not None:
            self._days[row.created_at.toordinal()].append(row.id)

    def of(self, owner: str) -> list[Any]:
        return sorted(self._owned.get(owner, ()), key=lambda row: (row.created_at, row.id))

    def having(self, column: str, ident: str) -> list[Any]:
        if column == self._owner:
            return list(self._owned.get(ident, ()))
        return [row for row in self.by_id.values() if getattr(row, column) == ident]

    def ordered(self) -> list[Any]:
        return sorted(self.by_id.values(), key=lambda row: (row.created_at, row.id))

    def touch(self, row: Any) -> None:
        if row.id not in self._unwritten:
            self._touched[row.id] = row

    def change(self, **values: Any) -> None:
        """Overwrite a row that nobody remembers: its key and the columns that change."""
        self._touched[values["id"]] = self._make(**values)

    def remove(self, row: Any) -> None:
        self._forget(row)
        self._touched.pop(row.id, None)
        if self._unwritten.pop(row.id, None) is None:
            self._gone.append(row.id)

    def _forget(self, row: Any) -> None:
        del self.by_id[row.id]
        if hasattr(row, self._owner):
            owned = self._owned[getattr(row, self._owner)]
            owned.remove(row)
            if not owned:
                del self._owned[getattr(row, self._owner)]

    def trim(self, today: int) -> None:
        """Forget the rows of days before the last `keep`."""
        if self.keep is not None:
            for day in [d for d in self._days if d < today - self.keep]:
                for ident in self._days.pop(day):
                    if ident in self.by_id:
                        self._forget(self.by_id[ident])

    def settle(self) -> list[Any]:
        born, self._born = [row for row in self._born if row.id in self.by_id], []
        return born

    @property
    def waiting(self) -> int:
        return len(self._unwritten)

    def drain(self) -> tuple[list[str], list[Row], list[Row]]:
        """(keys to delete, rows to insert, rows to update) since the last call."""
        gone, inserts, updates = self._gone, self._unwritten, self._touched
        self._gone, self._unwritten, self._touched = [], {}, {}
        return gone, [self._row(row) for row in inserts.values()], [self._row(row) for row in updates.values()]

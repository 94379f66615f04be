"""What every target can do, and what does not depend on the engine.

Belongs here: the small vocabulary the worlds write with. Does not: SQL that only one engine understands.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from simulator.schema import Table

Row = tuple[Any, ...]


class Target(ABC):
    """A database that holds one simulated system. `present` are its columns by `schema.table`."""

    def __init__(self) -> None:
        self.present: dict[str, list[str]] = {}

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]: ...

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]: ...

    @abstractmethod
    def create(self, tables: Iterable[Table]) -> None: ...

    @abstractmethod
    def insert(self, table: Table, rows: list[Row]) -> int: ...

    @abstractmethod
    def update(self, table: Table, rows: list[Row]) -> int: ...

    @abstractmethod
    def delete(self, table: Table, column: str, values: list[str]) -> int: ...

    @abstractmethod
    def clear(self, table: Table, column: str, values: list[str]) -> int:
        """Set `column` to NULL where it is one of `values`, as a foreign key with ON DELETE SET NULL does."""

    @abstractmethod
    def since(self, table: Table, moment: dt.datetime, *more: str) -> list[Row]:
        """(key, event time, more columns) of the rows of an append table from `moment` on."""

    @abstractmethod
    def close(self) -> None: ...

    def prepare(self, tables: Sequence[Table]) -> None:
        """Create the schema unless some of it is there: a deployment may lack optional tables on purpose."""
        self._look()
        if not any(table.path in self.present for table in tables):
            with self.transaction():
                self.create(tables)
            self._look()

    def _look(self) -> None:
        found = self.query(
            "select table_schema || '.' || table_name, column_name from information_schema.columns "
            "where table_catalog = current_database() and table_schema not in ('information_schema', 'pg_catalog') "
            "order by table_schema, table_name, ordinal_position"
        )
        self.present = {}
        for table, column in found:
            self.present.setdefault(table, []).append(column)

    def columns_of(self, table: Table) -> list[str]:
        """The columns of `table` that both we and the target know, in our order; none when the table is absent."""
        there = set(self.present.get(table.path, ()))
        return [name for name in table.names if name in there]

    def latest(self, table: Table) -> dt.datetime | None:
        """The newest event time of an append table."""
        if not table.event_time or table.event_time not in self.columns_of(table):
            return None
        (row,) = self.query(f"select max({table.event_time}) from {table.path}")
        return row[0]

    def read(self, table: Table, since: dt.datetime | None = None) -> list[Row]:
        """All rows, or those of an event time from `since` on, in our column order.

        Ids come as text, documents and absent columns as None.
        """
        there = set(self.columns_of(table))
        if not there:
            return []

        def expression(name: str) -> str:
            kind = table.by_name[name].type
            if name not in there or kind in ("json", "jsonb"):
                return "null"
            return f"cast({name} as text)" if kind == "uuid" else name

        recent = f" where {table.event_time} >= timestamp '{since}'" if since and table.event_time else ""
        return self.query(f"select {', '.join(map(expression, table.names))} from {table.path}{recent}")

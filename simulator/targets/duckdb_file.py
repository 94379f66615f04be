"""A DuckDB file as a source system: the embedded demo, without a server.

Belongs here: moving rows into a DuckDB file as Arrow tables. Does not: what the rows are.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa

from simulator.schema import Table, quoted
from simulator.targets.base import Row, Target

# Types that Arrow carries as themselves; every other one travels as text and is cast by the insert.
_ARROW = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "serial": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "timestamp": pa.timestamp("us"),
    "text[]": pa.list_(pa.string()),
}


class DuckDBFile(Target):
    def __init__(self, target: str) -> None:
        super().__init__()
        if target.startswith("duckdb:"):
            target = unquote(target.removeprefix("duckdb:").removeprefix("//"))
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(str(path))
        self._connection.execute("SET TimeZone = 'UTC'")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, list(parameters)).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    def create(self, tables: Iterable[Table]) -> None:
        for table in tables:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
            for statement in table.duckdb_ddl():
                self._connection.execute(statement)

    def insert(self, table: Table, rows: list[Row]) -> int:
        names = self.columns_of(table)
        if not rows or not names:
            return 0
        with self._staged(table, rows):
            values = ", ".join(f'cast("{n}" as {table.by_name[n].duckdb_type})' for n in names)
            into = f"{table.path} ({quoted(names)})"
            self._connection.execute(f"insert into {into} select {values} from staged")
        return len(rows)

    def update(self, table: Table, rows: list[Row]) -> int:
        names = [n for n in table.changes if n in self.columns_of(table)]
        if not rows or not names:
            return 0
        with self._staged(table, rows):
            sets = ", ".join(f"{n} = cast(s.{n} as {table.by_name[n].duckdb_type})" for n in names)
            key = f"cast(s.{table.key} as {table.by_name[table.key].duckdb_type})"
            where = f"from staged as s where t.{table.key} = {key}"
            return self._count(f"update {table.path} as t set {sets} {where}")

    def delete(self, table: Table, column: str, values: list[str]) -> int:
        if not values or column not in self.columns_of(table):
            return 0
        kind = table.by_name[column].duckdb_type
        with self._named(pa.table({"value": pa.array(values, pa.string())})):
            return self._count(f"delete from {table.path} where {column} in (select cast(value as {kind}) from staged)")

    def clear(self, table: Table, column: str, values: list[str]) -> int:
        if not values or column not in self.columns_of(table):
            return 0
        kind = table.by_name[column].duckdb_type
        with self._named(pa.table({"value": pa.array(values, pa.string())})):
            gone = f"{column} in (select cast(value as {kind}) from staged)"
            return self._count(f"update {table.path} set {column} = null where {gone}")

    def since(self, table: Table, moment: dt.datetime, *more: str) -> list[Row]:
        when = table.event_time
        wanted = ", ".join([f"cast({table.key} as text)", str(when), *more])
        sql = f"select {wanted} from {table.path} where {when} >= ?"
        return self.query(sql, [moment])

    def close(self) -> None:
        self._connection.close()

    def _count(self, sql: str) -> int:
        row = self._connection.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def _staged(self, table: Table, rows: list[Row]) -> Any:
        arrays = {
            column.name: _array(values, column.type)
            for column, values in zip(table.columns, zip(*rows, strict=True), strict=True)
        }
        return self._named(pa.table(arrays))

    @contextmanager
    def _named(self, data: pa.Table) -> Iterator[None]:
        self._connection.register("staged", data)
        try:
            yield
        finally:
            self._connection.unregister("staged")


def _array(values: tuple[Any, ...], kind: str) -> pa.Array:
    arrow = _ARROW.get(kind)
    if arrow is not None:
        return pa.array(values, arrow)
    return pa.array([v if v is None or isinstance(v, str) else _text(v) for v in values], pa.string())


@functools.cache
def _text(value: Any) -> str:
    return str(value)

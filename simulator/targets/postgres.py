"""A PostgreSQL database as a source system.

Belongs here: moving rows into PostgreSQL by COPY. Does not: what the rows are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from simulator.schema import Table, quoted
from simulator.targets.base import Row, Target


class Postgres(Target):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._connection = psycopg.connect(url, autocommit=True, client_encoding="UTF8")
        self._connection.execute("SET TimeZone = 'UTC'")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, parameters or None).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def create(self, tables: Iterable[Table]) -> None:
        for table in tables:
            self._run(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
            for statement in table.postgres_ddl():
                self._run(statement)

    def insert(self, table: Table, rows: list[Row]) -> int:
        names = self.columns_of(table)
        if not rows or not names:
            return 0
        return self._copy(f"{table.path} ({quoted(names)})", table, names, rows)

    def update(self, table: Table, rows: list[Row]) -> int:
        names = [n for n in table.changes if n in self.columns_of(table)]
        if not rows or not names:
            return 0
        sent = [table.key, *names]
        declared = ", ".join(f"{n} {table.by_name[n].value_type}" for n in sent)
        self._run(f"CREATE TEMP TABLE staged ({declared}) ON COMMIT DROP")
        self._copy(f"staged ({', '.join(sent)})", table, sent, rows)
        sets = ", ".join(f"{n} = s.{n}" for n in names)
        where = f"FROM staged s WHERE t.{table.key} = s.{table.key}"
        changed = self._run(f"UPDATE {table.path} t SET {sets} {where}")
        self._run("DROP TABLE staged")
        return changed

    def delete(self, table: Table, column: str, values: list[str]) -> int:
        if not values or column not in self.columns_of(table):
            return 0
        kind = table.by_name[column].value_type
        return self._run(f"DELETE FROM {table.path} WHERE {column} = ANY(%s::{kind}[])", [values])

    def clear(self, table: Table, column: str, values: list[str]) -> int:
        if not values or column not in self.columns_of(table):
            return 0
        gone = f"{column} = ANY(%s::{table.by_name[column].type}[])"
        return self._run(f"UPDATE {table.path} SET {column} = NULL WHERE {gone}", [values])

    def since(self, table: Table, moment: dt.datetime, *more: str) -> list[Row]:
        when = table.event_time
        wanted = ", ".join([f"{table.key}::text", str(when), *more])
        sql = f"SELECT {wanted} FROM {table.path} WHERE {when} >= %s"
        return self.query(sql, [moment])

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        return self._connection.execute(sql, parameters).rowcount

    def _copy(self, into: str, table: Table, names: list[str], rows: list[Row]) -> int:
        where = [table.names.index(n) for n in names]
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[i] for i in where])
        return len(rows)

"""Reading one table of a source into the temporary table `batch`, with the keys that tell what vanished.

Belongs here: windows, key comparison, quarantine and duplicates. Does not: the raw table's change (changes.py).

`batch` holds the landed and restricted columns and `_reason` (NULL for a good row). It covers the rows of `scope`,
and single rows outside it that the key comparison found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from orchestration.extract.catalog import Table
from orchestration.extract.meta import quote, raw_relation
from orchestration.extract.projection import (
    LATEST,
    REASON,
    first_projection,
    key_list,
    landed_list,
    read_columns,
    same_key,
    source_query,
)
from orchestration.extract.source_days import SourceDays
from orchestration.extract.sources import Source, literal

FETCH_KEYS = 2_000  # keys per query when single rows are fetched
WHOLE_TABLE_KEYS = 50_000  # above so many single rows, reading the whole table is cheaper


@dataclass(frozen=True)
class Window:
    """What a load reads: rows that are there before `until` (= as_of), by their event time; since `since`, or everything when
    it is None, and before `before`, by the column that says how far a load has come.

    A row that has a cursor is read as it is now, like all state that a source overwrites: what was updated after `until` was
    there before, and must not be taken for gone.
    """

    until: datetime
    since: datetime | None = None
    before: datetime | None = None

    def source_where(self, table: Table, present: dict[str, str]) -> str:
        """The window as source SQL. Rows with no time that can be theirs belong to every window: they must be seen."""
        if table.moving_column is None:
            return "true"
        moving = _Time(table, table.moving_column, present)
        inside = self._moved(moving)
        if table.cursor is None:
            inside.append(f"{moving.name} < {moving.literal(self.until)}")
        elif table.event_time not in {None, table.cursor}:
            event = _Time(table, str(table.event_time), present)
            inside.append(f"({event.name} < {event.literal(self.until)} or {event.is_strange()})")
        return f"({' and '.join(inside)}) or {moving.is_strange()}" if inside else "true"

    def raw_where(self, table: Table) -> str:
        """The same window over the raw table: the rows that the batch must hold again, or they are gone."""
        if self.since is None or table.moving_column is None:
            return "true"
        inside = self._moved(_Time(table, table.moving_column))
        if table.event_time not in {None, table.cursor}:
            event = _Time(table, str(table.event_time))
            inside.append(f"{event.name} < {event.literal(self.until)}")
        return " and ".join(inside)

    def _moved(self, moving: _Time) -> list[str]:
        edges = ((">=", self.since), ("<", self.before))
        return [f"{moving.name} {sign} {moving.literal(edge)}" for sign, edge in edges if edge is not None]


class _Time:
    """A time column in SQL: of the source when `present` names its columns, else of the raw table."""

    def __init__(self, table: Table, column: str, present: dict[str, str] | None = None) -> None:
        found = table.column(column)
        self.name = quote(column if present is None else present[found.source_column.lower()])
        self.zoned = present is None or found.expected_type == "TIMESTAMPTZ"
        self.kind = "timestamptz" if self.zoned else "timestamp"

    def literal(self, instant: datetime) -> str:
        return f"{literal(instant.strftime('%Y-%m-%d %H:%M:%S.%f') + ('+00' if self.zoned else ''))}::{self.kind}"

    def is_strange(self) -> str:
        late, never = (f"{literal(edge)}::{self.kind}" for edge in (LATEST, "-infinity"))
        return f"{self.name} is null or {self.name} >= {late} or {self.name} = {never}"


@dataclass
class Read:
    """What the reading found, in rows; `window` is what `batch` covers, wider than asked when rows were missed en masse.

    After a comparison `compared` is the condition of the raw rows that must be in `source_keys`, or they are gone.
    """

    rows: int
    quarantined: int
    duplicate_keys: int
    source_is_empty: bool
    window: Window
    compared: str | None = None


class Reader:
    """Reads one table; `present` maps lower-case to real column names, or is None for an absent optional table."""

    def __init__(self, source: Source, table: Table, present: dict[str, str] | None) -> None:
        self.con: duckdb.DuckDBPyConnection = source.con
        self.source, self.table, self.present = source, table, present
        self.days: SourceDays | None = None

    def read(self, window: Window, compare: bool, as_of: datetime) -> Read:
        """Fill `batch` and `source_keys` (empty unless `compare`). Rows fetched by key are those before `as_of`."""
        self._create_empty()
        if self.present is None:
            return Read(0, 0, 0, source_is_empty=False, window=window)
        self.covered = window
        self._fetch(window)
        if window.since is not None:  # rows of the window that are elsewhere now
            self._fetch_by_key(
                f"select {key_list(self.table)} from {raw_relation(self.table)} r where {window.raw_where(self.table)}"
                f" and not exists (from batch b where {same_key(self.table, 'b', 'r')})",
                Window(as_of),
            )
        duplicates, compared = self._compare_keys(window) if compare else (0, None)
        duplicates = max(duplicates, self._set_duplicates_aside())
        rows, bad = self._one(f"select count(*), count({REASON}) from batch")
        if self.days is not None:  # a row that was set aside is looked for again
            (self.days.forget if bad or duplicates else self.days.remember)()
        return Read(rows, bad, duplicates, rows == 0 and self._is_empty(), self.covered, compared)

    def _create_empty(self) -> None:
        columns = ", ".join(f"{quote(c.name)} {c.duckdb_type}" for c in read_columns(self.table))
        keys = ", ".join(f"{quote(k)} {self.table.column(k).duckdb_type}" for k in self.table.key)
        self.con.execute(f"create or replace temp table batch ({columns}, {REASON} varchar)")
        self.con.execute(f"create or replace temp table source_keys ({keys})")

    def _fetch(self, window: Window, among: str = "true") -> None:
        present = self.present or {}
        where = f"{among} and ({window.source_where(self.table, present)})"
        query = source_query(self.table, self.source, present, where)
        self.con.execute(f"insert into batch {first_projection(self.table, self.source, self.source.scan(query))}")

    def _compare_keys(self, window: Window) -> tuple[int, str]:
        """Compare the keys of source and raw; fetch what the window missed.

        Returns the number of doubled keys, and which raw rows were compared.
        """
        whole = Window(window.until)
        if self.table.retention_days is not None:
            whole = Window(window.until, window.until - timedelta(days=self.table.retention_days))
        parts = [whole]
        present = self.present or {}
        if key_is_enforced(self.source, self.table, present):
            columns = {c.name: present.get(c.source_column.lower(), "") for c in self.table.columns}
            self.days = SourceDays(self.source, self.table, columns)
            stretches = self.days.differing(whole.source_where(self.table, present))
            if stretches is not None:
                parts = [Window(whole.until, max(start, whole.since or start), end) for start, end in stretches]
        for part in parts:
            query = source_query(
                self.table, self.source, present, part.source_where(self.table, present), only=self.table.key
            )
            self.con.execute(f"insert into source_keys select * from {self.source.scan(query)}")
        self._fetch_by_key(
            f"select distinct {key_list(self.table)} from source_keys s"
            f" where not exists (from batch b where {same_key(self.table, 'b', 's')})"
            f" and not exists (from {raw_relation(self.table)} r where {same_key(self.table, 'r', 's')})",
            whole,
        )
        compared = " or ".join(f"({part.raw_where(self.table)})" for part in parts) or "false"
        if self.days is not None:
            return 0, compared
        return self._one(f"select count(*) - count(distinct ({key_list(self.table)})) from source_keys")[0], compared

    def _fetch_by_key(self, keys_query: str, whole: Window) -> None:
        """Fetch single rows of a window; all of it instead when they are very many."""
        keys = self.con.execute(keys_query).fetchall()
        if len(keys) > WHOLE_TABLE_KEYS:
            self.con.execute("delete from batch")
            self._fetch(whole)
            self.covered = whole
            return
        names = [quote((self.present or {})[self.table.column(k).source_column.lower()]) for k in self.table.key]
        kinds = [self.table.column(k).duckdb_type.lower() for k in self.table.key]
        for start in range(0, len(keys), FETCH_KEYS):
            chunk = keys[start : start + FETCH_KEYS]
            rows = ", ".join(
                "(" + ", ".join(f"{literal(v)}::{t}" for v, t in zip(k, kinds, strict=True)) + ")" for k in chunk
            )
            self._fetch(whole, f"({', '.join(names)}) in ({rows})")

    def _set_duplicates_aside(self) -> int:
        """Keep the first row of a key in the order of its columns; mark the others. Returns how many were marked."""
        keys = key_list(self.table)
        extra = self._one(f"select count(*) - count(distinct ({keys})) from batch where {REASON} is null")[0]
        if extra:
            self.con.execute(
                f"update batch set {REASON} = {literal(self.table.key[0] + '|duplicate key')} where rowid in (select rowid"
                f" from batch where {REASON} is null qualify row_number() over"
                f" (partition by {keys} order by {landed_list(self.table)}, rowid) > 1)"
            )
        return extra

    def _is_empty(self) -> bool:
        query = f"select 1 as one from {self.source.table(self.table.source)} limit 1"
        return not self.con.execute(f"select * from {self.source.scan(query)}").fetchall()

    def _one(self, query: str) -> tuple:
        return self.con.execute(query).fetchall()[0]


def key_is_enforced(source: Source, table: Table, present: dict[str, str]) -> bool:
    """Whether a constraint of the source forbids doubled keys, so that nobody has to count them."""
    key = [table.column(name) for name in table.key]
    if any(column.expr is not None or column.hash_domain for column in key):
        return False
    return {present[column.source_column.lower()] for column in key} in source.unique_keys(table.source)

"""One load: all tables of one system, read in one snapshot of the source and written in one transaction.

Belongs here: the order of the steps. A killed load leaves the previous state; a repeated one changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import duckdb

from orchestration.errors import MartletError, Refused, Unavailable
from orchestration.extract import deleted, first_load, restricted
from orchestration.extract.archive import Archive
from orchestration.extract.catalog import System, Table, catalog
from orchestration.extract.changes import Changed, Changes
from orchestration.extract.drift import SeenSchema, compare_schema
from orchestration.extract.meta import create_schemas, has_loads, quote, raw_relation
from orchestration.extract.privacy import install_pseudonyms
from orchestration.extract.reader import Read, Reader, Window
from orchestration.extract.sources import Source, attach, redact, secrets_of
from orchestration.faults import explain

COMPARE_EVERY = {"nightly": timedelta(0), "weekly": timedelta(days=7)}


@dataclass(frozen=True)
class LoadRequest:
    """What to load: everything before `as_of` since the last load, or again the days of a backfill.

    `range` is (first day, last day, first instant, end instant) of a backfill. `accept` names tables whose emptying
    or shrinking is waived. `hint` is the command that repeats this load.
    """

    build_id: str
    as_of: datetime
    timezone: str
    started_at: datetime
    mode: Literal["nightly", "backfill"] = "nightly"
    range: tuple[date, date, datetime, datetime] | None = None
    accept: frozenset[str] = frozenset()
    hint: str = "martlet nightly"


@dataclass
class TableLoad:
    """What one table's load did, in rows."""

    table: str
    read: int
    new: int
    changed: int
    deleted: int
    quarantined: int
    duplicate_keys: int
    total: int
    seconds: float
    waived: str | None = None

    @property
    def touched(self) -> int:
        return self.new + self.changed + self.deleted


@dataclass
class SystemLoad:
    """What one system's load did."""

    system: str
    load_id: int
    tables: list[TableLoad] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


class Loader:
    """Loads one system into an open warehouse."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        system: System,
        archive: Archive,
        restricted_folder: Path,
        progress: Callable[[str], None] = lambda line: None,
        on_step: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.con, self.system, self.archive = con, system, archive
        self.restricted_folder, self.progress, self.on_step = restricted_folder, progress, on_step

    def load(self, url: str, key: str, request: LoadRequest) -> SystemLoad:
        """Read the source and commit. Raises Unavailable or Refused; the warehouse is then as it was."""
        self._prepare()
        install_pseudonyms(self.con, key)
        source = attach(self.con, self.system.system, url)
        try:
            self.con.execute("begin")
            result = self._load_all(source, request)
            self.on_step("before commit")
            self.con.execute("commit")
            self.archive.mark_committed(self.system, {result.load_id})
        except BaseException as error:
            self._roll_back()
            if isinstance(error, duckdb.Error):
                raise self._explained(error, source, url) from None
            raise
        finally:
            self.con.execute("detach src")
            for name in ("batch", "source_keys", "source_days", "changed", "earlier", "vanished"):
                self.con.execute(f"drop table if exists temp.{name}")
        self.on_step("after commit")
        return result

    def _prepare(self) -> None:
        """Schemas, and the leftovers of a load that was killed before its commit."""
        if not has_loads(self.con) and any(self.archive.load_ids(system) for system in catalog().values()):
            raise Unavailable(
                "The warehouse is empty but the archive is not: the warehouse file was lost.\n"
                "Restore it from the archive and the sources: martlet rebuild"
            )
        lacking = deleted.lacking(self.con, catalog().values())
        self.con.execute("begin")
        try:
            self._follow()
            for table in lacking:  # what an older warehouse did not keep, the archive knows
                deleted.refill(self.con, table)
            self.con.execute("commit")
        except BaseException:
            self._roll_back()
            raise

    def _follow(self) -> None:
        """Bring schemas, archive and its views to the catalog of today."""
        systems = list(catalog().values())  # systems that are off have empty tables, so that models bind
        for change in create_schemas(self.con, systems):
            self.progress(change)
        known = self.con.execute("select distinct load_id from meta.loads where system = ?", [self.system.system])
        self.archive.sweep(self.system, {row[0] for row in known.fetchall()})
        self.archive.refresh_views(self.con, systems)

    def _load_all(self, source: Source, request: LoadRequest) -> SystemLoad:
        found = source.columns([table.source for table in self.system.tables.values()])
        seen = compare_schema(self.system, found, self._columns_before(), request.hint, request.accept)
        load_id = 1 + (self._one("select coalesce(max(load_id), 0) from meta.loads") or 0)
        result = SystemLoad(self.system.system, load_id, new_columns=seen.new_columns)
        result.absent = [name for name in self.system.tables if name not in seen.present]
        names = {}
        for table in self.system.tables.values():
            self.on_step(f"before {table.name}")
            loaded = self._load_table(source, table, seen, request, load_id)
            if table.restricted:
                names[table.name] = restricted.collect(self.con, table)
            result.tables.append(loaded)
            rate = loaded.read / loaded.seconds if loaded.seconds else 0
            self.progress(
                f"{table.full_name}: {loaded.read:,} rows read ({rate:,.0f}/s), {loaded.new:,} new,"
                f" {loaded.changed:,} changed, {loaded.deleted:,} gone, {loaded.quarantined:,} set aside"
            )
        self._record_columns(seen, request, load_id)
        self.on_step("before restricted")
        restricted.write(self.restricted_folder, self.system.system, names, load_id)
        self.on_step("before promote")
        self.archive.promote(self.system, load_id)
        return result

    def _load_table(
        self, source: Source, table: Table, seen: SeenSchema, request: LoadRequest, load_id: int
    ) -> TableLoad:
        started = time.monotonic()
        window = self._window(table, request)
        compare = self._compare_is_due(table, window, request)
        reads_all = compare and table.compare_rows
        if reads_all:
            window, compare = Window(request.as_of), False
        present, changes = seen.present.get(table.name), Changes(self.con, table, load_id, request.as_of)
        rows = first_load.fill(source, table, present, window, changes) if present and not reads_all else None
        waived = None
        if rows is None:
            read = Reader(source, table, present).read(window, compare, request.as_of)
            found, waived = self._take(table, changes, read, request)
        else:
            read, found = Read(rows, 0, 0, False, window), Changed(rows, 0, 0, 0)
            if rows:
                changes.keep_first_load(self.archive, request.timezone)
        high_water = f"max({quote(table.moving_column)})" if table.moving_column else "null::timestamptz"
        total, high = self.con.execute(f"select count(*), {high_water} from {raw_relation(table)}").fetchall()[0]
        seconds = time.monotonic() - started
        first, last = request.range[:2] if request.range else (None, None)
        self.con.execute(
            f"insert into meta.loads values ({', '.join('?' * 20)})",
            [load_id, table.system, table.name, request.build_id, request.mode, request.as_of, first, last,
             request.started_at, seconds, read.rows, found.new, found.changed, found.deleted, read.quarantined,
             read.duplicate_keys, total, high, compare or window.since is None, waived],
        )  # fmt: skip
        return TableLoad(
            table.name, read.rows, found.new, found.changed, found.deleted, read.quarantined, read.duplicate_keys,
            total, seconds, waived,
        )  # fmt: skip

    def _take(self, table: Table, changes: Changes, read: Read, request: LoadRequest) -> tuple[Changed, str | None]:
        """From the batch to raw and archive; also the refusal that was waived."""
        found, waived = changes.find(read), None
        try:
            # a backfill waives nothing: the night does, and it rebuilds the days of what is gone
            changes.guard(read, found, self._last_day(table), "martlet nightly" if request.range else request.hint)
        except Refused as refusal:
            if not request.accept & {table.name, table.full_name}:
                raise
            waived = str(refusal).splitlines()[0]
        if found.new + found.changed + found.deleted:
            changes.archive(self.archive)
        changes.apply(request.timezone)
        if read.quarantined:
            changes.quarantine()
        return found, waived

    def _window(self, table: Table, request: LoadRequest) -> Window:
        if table.load == "snapshot":
            return Window(request.as_of)
        high_water = self._one(f"select max({quote(str(table.moving_column))}) from {raw_relation(table)}")
        if high_water is None:
            return Window(request.as_of)
        newer = min(high_water.astimezone(UTC), request.as_of) - table.reread
        if request.range is None:
            return Window(request.as_of, newer)
        _, _, start, end = request.range
        return Window(request.as_of, min(start, newer)) if end >= request.as_of else Window(end, start)

    def _compare_is_due(self, table: Table, window: Window, request: LoadRequest) -> bool:
        if table.load == "snapshot" or window.since is None or table.compare is None or request.range:
            return False
        last = self._one(
            "select max(as_of) from meta.loads where compared and system = ? and table_name = ?"
            " and duplicate_keys = 0 and rows_quarantined = 0",  # what was found stays found until it is mended
            table.system,
            table.name,
        )
        return last is None or request.as_of - last.astimezone(UTC) >= COMPARE_EVERY[table.compare]

    def _columns_before(self) -> dict[tuple[str, str], tuple[str, date]]:
        rows = self.con.execute(
            "select table_name, column_name, source_type, as_of from meta.source_columns where system = ? and is_present",
            [self.system.system],
        ).fetchall()
        return {(t, c): (y, (a - timedelta(microseconds=1)).date()) for t, c, y, a in rows}

    def _record_columns(self, seen: SeenSchema, request: LoadRequest, load_id: int) -> None:
        self.con.execute("delete from meta.source_columns where system = ?", [self.system.system])
        rows = []
        for table in self.system.tables.values():
            types = seen.types.get(table.name, {})
            asked = {c.source_column.lower() for c in table.columns}
            for name in sorted(asked | set(types)):
                row = (table.name, name, types.get(name), name in asked, name in types)
                rows.append((self.system.system, *row, request.as_of, load_id))
        fields = ", ".join(["unnest(?)"] * len(rows[0]))  # one statement: row by row would take a tenth of a second
        self.con.execute(f"insert into meta.source_columns select {fields}", [*map(list, zip(*rows, strict=True))])

    def _last_day(self, table: Table) -> str:
        last = self._one(
            "select max(as_of) from meta.loads where system = ? and table_name = ?", table.system, table.name
        )
        return str((last - timedelta(microseconds=1)).date()) if last else "the last load"

    def _explained(self, error: duckdb.Error, source: Source, url: str) -> MartletError:
        known = explain(error)
        if known:
            return known
        # the text of a conversion error repeats the value that could not be converted
        repeats_data = isinstance(
            error, duckdb.ConversionException | duckdb.InvalidInputException | duckdb.ConstraintException
        )
        text = "a value could not be converted" if repeats_data else redact(str(error), secrets_of(url)).strip()
        return Unavailable(f"{self.system.system}: reading from {source.where} failed: {text}\nThe load was undone.")

    def _roll_back(self) -> None:
        self.con.interrupt()  # what a signal cut off goes on in threads of DuckDB, and the rollback would wait for them
        try:
            self.con.execute("rollback")
        except duckdb.Error:
            pass  # the failure already ended the transaction

    def _one(self, query: str, *parameters: object):
        return self.con.execute(query, list(parameters)).fetchall()[0][0]

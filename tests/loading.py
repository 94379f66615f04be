"""A home and a loader for tests that load without Dagster. Not a test itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.extract.archive import Archive
from orchestration.extract.catalog import System, catalog
from orchestration.extract.loader import Loader, LoadRequest, SystemLoad
from orchestration.extract.meta import archive_relation, create_schemas, raw_relation

KEY = "a-pseudonym-key-of-the-tests"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def create_with_archives(con: duckdb.DuckDBPyConnection) -> None:
    """The empty schemas of all systems in a warehouse that a test fills by hand; its archives are tables, not views of files."""
    create_schemas(con, catalog().values())
    for table in (table for system in catalog().values() for table in system.tables.values()):
        con.execute(
            f"create table {archive_relation(table)} as select *, null::varchar as _op from {raw_relation(table)}"
        )


class Home:
    """A warehouse with its archive; `load(day)` is the load of a nightly for that day (UTC)."""

    def __init__(self, root: Path, url: str, system: System | None = None) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root, self.url, self.system = root, url, system or catalog()["photobooth"]
        self.archive = Archive(root / "archive")
        self.con = duckdb.connect(str(root / "warehouse.duckdb"))
        self.con.execute("set TimeZone = 'UTC'")

    def load(self, day: date, accept: tuple[str, ...] = (), on_step=lambda name: None, **request) -> SystemLoad:
        as_of = request.pop("as_of", datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC))
        loader = Loader(self.con, self.system, self.archive, self.root / "restricted", on_step=on_step)
        zone = request.pop("timezone", "UTC")
        wanted = LoadRequest("build", as_of, zone, STARTED, accept=frozenset(accept), **request)
        return loader.load(self.url, KEY, wanted)

    def backfill(self, first: date, last: date, as_of: date) -> SystemLoad:
        start = datetime.combine(first, datetime.min.time(), UTC)
        end = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
        instant = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), UTC)
        return self.load(last, mode="backfill", range=(first, last, start, end), as_of=instant)

    def rows(self, query: str) -> list[tuple]:
        return self.con.execute(query).fetchall()

    def one(self, query: str) -> object:
        return self.rows(query)[0][0]

    def touched(self, load: SystemLoad, table: str) -> list[date]:
        """The days that a load touched in a table, in order."""
        return [
            row[0]
            for row in self.rows(
                f"select distinct day from meta.touched_days where load_id = {load.load_id} and table_name = '{table}' order by 1"
            )
        ]

    def close(self) -> None:
        self.con.close()


def table_load(load: SystemLoad, table: str):
    return next(t for t in load.tables if t.table == table)

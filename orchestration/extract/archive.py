"""The archive: what was read, after the rules, as Parquet files that are only ever added.

Belongs here: writing one load's files, promoting them, sweeping those of a load that never committed.
Layout: archive/<system>/<table>/<load_id>.parquet with the landed columns, _observed_at, _load_id, _op.
000000.parquet holds no row: it carries today's columns, so that a view over the folder always binds.
archive/<system>/committed.jsonl names the loads that the warehouse committed, with the sha256 of their files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import Unavailable
from orchestration.extract.catalog import System, Table
from orchestration.extract.meta import archive_relation, archive_view_ddl
from orchestration.extract.projection import landed_list
from orchestration.extract.sources import literal

_PENDING = ".pending"


@dataclass(frozen=True)
class Archive:
    """The archive below `root`."""

    root: Path

    def file(self, table: Table, load_id: int) -> Path:
        return self.root / table.system / table.name / f"{load_id:06d}.parquet"

    def load_ids(self, system: System) -> set[int]:
        """The ids of all loads of a system that left a file, promoted or pending."""
        files = (self.root / system.system).glob("*/*.parquet*")
        return {int(file.name.split(".")[0]) for file in files} - {0}

    def write(self, con: duckdb.DuckDBPyConnection, table: Table, load_id: int, rows: str) -> None:
        """Write the rows of a SELECT (landed columns, _observed_at, _load_id, _op) under a pending name."""
        target = self.file(table, load_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        pending = target.with_name(target.name + _PENDING)
        con.execute(f"copy ({rows}) to {literal(pending)} (format parquet, compression zstd)")
        _fsync(pending)

    def promote(self, system: System, load_id: int) -> None:
        """Give the pending files of a load their names; called just before the warehouse commits."""
        for pending in sorted((self.root / system.system).glob(f"*/{load_id:06d}.parquet{_PENDING}")):
            os.replace(pending, pending.with_name(pending.name.removesuffix(_PENDING)))
            _fsync(pending.parent)

    def mark_committed(self, system: System, load_ids: set[int]) -> None:
        """Remember that the warehouse committed these loads, and what their files held.

        The ids tell later that a warehouse is an older copy, the hashes that a file was altered.
        """
        with self._marks(system).open("a", encoding="utf-8") as file:
            for load_id in sorted(load_ids):
                written = sorted((self.root / system.system).glob(f"*/{load_id:06d}.parquet"))
                files = {path.parent.name: sha256_of(path) for path in written}
                # on a line of its own, also after one that a crash cut off
                file.write("\n" + json.dumps({"load_id": load_id, "files": files}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def problems(self, system: System) -> list[tuple[Path, str]]:
        """The archived files of committed loads that are gone or altered, each with what is wrong."""
        found = []
        for load_id, files in self._committed(system).items():
            for table, expected in files.items():
                path = self.root / system.system / table / f"{load_id:06d}.parquet"
                if not path.exists():
                    found.append((path, "is missing"))
                elif sha256_of(path) != expected:
                    found.append((path, "was altered: its sha256 is another"))
        return found

    def _marks(self, system: System) -> Path:
        return self.root / system.system / "committed.jsonl"

    def _committed(self, system: System) -> dict[int, dict[str, str]]:
        """Load id -> {table: sha256 of its file}. A line that a crash cut off was never relied on."""
        found = {}
        for line in self._marks(system).read_text().splitlines() if self._marks(system).exists() else []:
            try:
                entry = json.loads(line)
                found[entry["load_id"]] = entry["files"]
            except ValueError:
                continue
        return found

    def sweep(self, system: System, known: set[int]) -> list[Path]:
        """Remove the files of loads that never committed; `known` are the loads of the warehouse.

        Raises Unavailable when the archive holds committed loads that the warehouse lacks: it is an older copy.
        """
        committed = set(self._committed(system))
        if committed & self.load_ids(system) - known:
            raise Unavailable(
                f"The archive holds loads of {system.system} that the warehouse does not know: the file is an older copy.\n"
                "Bring it up to the archive: martlet rebuild"
            )
        if known - committed and self._marks(system).parent.exists():  # killed between the commit and its mark
            self.mark_committed(system, known - committed)
        swept = []
        for file in (self.root / system.system).glob("*/*.parquet*"):
            load_id = int(file.name.split(".")[0])
            if load_id and (load_id not in known or file.name.endswith(_PENDING)):
                file.unlink()
                swept.append(file)
        return swept

    def refresh_views(self, con: duckdb.DuckDBPyConnection, systems: Iterable[System]) -> None:
        """(Re)create the archive views that are not as they should be: the home moved, or the catalog changed.

        A view's comment is the hash of its definition, because to make one opens every file behind it.
        """
        known = {
            mark for (mark,) in con.execute("select comment from duckdb_views() where comment is not null").fetchall()
        }
        for table in (table for system in systems for table in system.tables.values()):
            base, ddl = self.file(table, 0), archive_view_ddl(table, self.root)
            mark = hashlib.sha256(ddl.encode()).hexdigest()
            if mark in known and base.exists():
                continue
            base.parent.mkdir(parents=True, exist_ok=True)
            columns = ", ".join(f"null::{c.duckdb_type} as {c.name}" for c in table.landed)
            pending = base.with_name(base.name + _PENDING)
            con.execute(
                f"copy (select {columns}, null::timestamptz as _observed_at, null::bigint as _load_id,"
                f" null::varchar as _op where false) to {literal(pending)} (format parquet)"
            )
            os.replace(pending, base)
            con.execute(ddl)
            con.execute(f"comment on view {archive_relation(table)} is {literal(mark)}")


def latest_state(table: Table, view: str) -> str:
    """A SELECT of the raw table that the observations in `view` add up to."""
    keys = ", ".join(table.key)
    return (
        f"select {landed_list(table)}, _observed_at, _load_id from {view}"
        f" qualify row_number() over (partition by {keys} order by _load_id desc) = 1 and _op = 'upsert'"
    )


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

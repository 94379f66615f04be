"""Replaying the archive into a new warehouse file: the raw tables as the last load left them.

Belongs here: what `martlet rebuild` needs of the archive. Does not: reading the sources (loader.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from orchestration.errors import Unavailable
from orchestration.extract import deleted
from orchestration.extract.archive import Archive, latest_state
from orchestration.extract.catalog import System
from orchestration.extract.meta import archive_relation, create_schemas, raw_relation

_WAY_OUT = (
    "Restore the file from a backup. Without it, move it aside together with its line in committed.jsonl and load its rows\n"
    "again from the source: martlet rebuild, then martlet backfill over its days."
)


def replay(
    con: duckdb.DuckDBPyConnection,
    systems: Iterable[System],
    archive: Archive,
    progress: Callable[[str], None] = lambda line: None,
) -> None:
    """Fill raw.*, deleted.* and meta.loads of an empty warehouse from the archive.

    A load that changed nothing left no file and is not remembered. Raises Unavailable naming a file that can't be read.
    """
    systems = list(systems)
    for system in systems:
        if problems := archive.problems(system):
            named = "; ".join(f"{path} {what}" for path, what in problems)
            raise Unavailable(f"The archive is damaged: {named}.\n{_WAY_OUT}")
    create_schemas(con, systems)
    archive.refresh_views(con, systems)
    for system in systems:
        for table in system.tables.values():
            view = archive_relation(table)
            try:
                con.execute(f"insert into {raw_relation(table)} {latest_state(table, view)}")
                con.execute(
                    "insert into meta.loads by name select _load_id as load_id, ? as system, ? as table_name,"
                    " 'replay' as mode, max(_observed_at) as as_of, count(*) as rows_read,"
                    " count(*) filter (_op = 'upsert') as rows_new, 0 as rows_changed,"
                    " count(*) filter (_op = 'delete') as rows_deleted, 0 as rows_quarantined, 0 as duplicate_keys"
                    f" from {view} where _load_id > 0 group by 1",
                    [system.system, table.name],
                )
                if table.keep_deleted:
                    deleted.refill(con, table)
            except duckdb.Error as error:
                raise Unavailable(_damaged(archive.root / system.system / table.name, error)) from None
            rows = con.execute(f"select count(*) from {raw_relation(table)}").fetchall()[0][0]
            progress(f"{table.full_name}: {rows:,} rows from the archive")


def _damaged(folder: Path, error: duckdb.Error) -> str:
    bad = []
    for file in sorted(folder.glob("*.parquet")):
        try:
            with duckdb.connect() as con:
                con.execute("select count(columns(*)) from read_parquet(?)", [str(file)]).fetchall()
        except duckdb.Error:
            bad.append(str(file))
    named = ", ".join(bad) or str(folder)
    return f"The archive can't be read: {named}: {str(error).splitlines()[0]}\n{_WAY_OUT}"

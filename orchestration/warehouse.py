"""Opening the warehouse file, and what to do when it can't be opened.

Belongs here: connections and their limits. Does not: what is in the file (extract/meta.py, dbt_project/).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration import clock
from orchestration.errors import Busy, Damaged, MartletError, Unavailable
from orchestration.extract.meta import quote
from orchestration.faults import REBUILD, explain, is_damage
from orchestration.processes import is_alive
from orchestration.settings import Settings

Config = dict[str, str | bool | int | float | list[str]]

# Extensions come from installed wheels, whose hashes the lock file pins; to check the signature again takes 0.2 s a load.
NO_NETWORK: Config = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_unsigned_extensions": True,
}


@contextmanager
def closing_at_once(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Close the connection at the end, and give up what it still does.

    A signal ends the call of a query, but DuckDB's own threads go on with it, and closing waits for them unless they are told.
    """
    with con:
        try:
            yield con
        finally:
            con.interrupt()


@contextmanager
def open_warehouse(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse in UTC, with a private folder for temporary files that is removed afterwards.

    A file that DuckDB can't read is moved aside, never deleted, and Unavailable says how to restore it.
    """
    _sweep_temporary(settings)
    settings.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
    config: Config = {**NO_NETWORK, "temp_directory": str(settings.temporary)}
    try:
        con = duckdb.connect(str(settings.warehouse), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise _unreadable(settings, error) from None
    try:
        with closing_at_once(con):
            con.execute("set TimeZone = 'UTC'")
            con.execute("set enable_progress_bar = false")  # Martlet says itself how far it is
            yield con
    finally:
        shutil.rmtree(settings.temporary, ignore_errors=True)


def _sweep_temporary(settings: Settings) -> None:
    """Remove the temporary folders of processes that were killed: they may hold rows as they were before the rules."""
    for folder in settings.home.glob("tmp-*"):
        pid = folder.name.removeprefix("tmp-")
        if pid.isdecimal() and not is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def problem_of(settings: Settings) -> str | None:
    """What is wrong with the warehouse file, after reading every block that holds a table; None when it is whole.

    Raises Busy while a run has it open. The file stays where it is.
    """
    if not settings.warehouse.exists():
        return None
    try:
        with closing_at_once(duckdb.connect(str(settings.warehouse), read_only=True, config=NO_NETWORK)) as con:
            tables = con.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = current_database() order by all"
            ).fetchall()
            for schema, table in tables:
                name = f"{quote(schema)}.{quote(table)}"
                con.execute(f"select bit_xor(hash(columns(*))) from {name}").fetchall()
    except duckdb.Error as error:
        if isinstance(known := explain(error), Busy):
            raise known from None
        return f"can't be read: {str(error).splitlines()[0]} {REBUILD}"
    return None


def _unreadable(settings: Settings, error: duckdb.Error) -> MartletError:
    if is_damage(error):
        return Unavailable(
            f"{settings.warehouse} is damaged: {str(error).splitlines()[0]}\n"
            f"It was moved to {quarantine(settings)}; nothing was deleted and `latest` is as it was.\n{REBUILD}"
        )
    return explain(error) or Unavailable(f"{settings.warehouse} can't be opened: {error}")


def set_aside(settings: Settings, met: Damaged) -> MartletError:
    """Move aside a warehouse in which a run met a damaged block; returns what to tell. DuckDB says the same of a source's file:
    that one is left alone, and so is a warehouse that something still has open."""
    try:
        problem = problem_of(settings)
    except Busy:
        return met
    if problem is None or not is_damage(problem):
        return met
    return Unavailable(f"{met}\nThe file was moved to {quarantine(settings)}; nothing was deleted.")


def quarantine(settings: Settings) -> Path:
    """Move the warehouse file and its log aside; returns the new name, which no other file has."""
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    target = settings.warehouse.with_name(f"warehouse.duckdb.quarantined-{stamp}")
    n = 1
    while target.exists() or target.with_name(f"{target.name}.wal").exists():
        n += 1
        target = settings.warehouse.with_name(f"warehouse.duckdb.quarantined-{stamp}-{n}")
    for suffix in ("", ".wal"):
        file = settings.warehouse.with_name(settings.warehouse.name + suffix)
        if file.exists():
            file.rename(target.with_name(target.name + suffix))
    return target

"""`martlet doctor`: looks at everything a run needs and says what to do about what is wrong. Changes nothing.

Belongs here: one small function per question. Does not: mending.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import duckdb

from orchestration import home
from orchestration.errors import Busy, MartletError
from orchestration.extract.catalog import System
from orchestration.extract.drift import compare_schema
from orchestration.extract.sources import attach
from orchestration.lease import lease
from orchestration.settings import Settings
from orchestration.warehouse import NO_NETWORK, open_warehouse

LOW_DISK = 2 * 1024**3  # bytes


@dataclass(frozen=True)
class Finding:
    """One answer: what was looked at, whether it is fine, and what was seen."""

    subject: str
    is_fine: bool
    text: str
    exit_code: int = 0


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order in which a run would meet them."""
    names = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
    yield Finding(
        "versions", True, f"Python {sys.version.split()[0]}, " + ", ".join(f"{n} {version(n)}" for n in names)
    )
    yield _ask("home", lambda: _home(settings))
    try:
        with lease(settings.lease):
            yield Finding("lease", True, "free")
            yield _ask("warehouse", lambda: _warehouse(settings))
    except Busy as busy:
        yield Finding("lease", True, f"a run is under way, the warehouse was not opened ({busy})")
    for system in settings.systems:
        yield _ask(system.system, partial(_system, settings, system))


def _ask(subject: str, question: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, question())
    except MartletError as error:
        return Finding(subject, False, str(error), error.exit_code)


def _home(settings: Settings) -> str:
    home.claim(settings)
    free = shutil.disk_usage(settings.home).free
    if free < LOW_DISK:
        raise MartletError(
            f"{settings.home}: only {free / 1024**3:.1f} GiB are free; a run needs room for a whole release."
        )
    return f"{settings.home}, key `{settings.key_id}`, {free / 1024**3:.0f} GiB free, days in {settings.reporting_timezone}"


def _warehouse(settings: Settings) -> str:
    if not settings.warehouse.exists():
        return "not there yet; the first run makes it"
    with open_warehouse(settings, read_only=True) as con:
        tables, size = con.execute("select count(*), sum(estimated_size) from duckdb_tables()").fetchall()[0]
    return f"opens: {tables} tables, {int(size or 0):,} rows"


def _system(settings: Settings, system: System) -> str:
    if settings.is_demo and not settings.demo_database(system.system).exists():
        return "demo; the first run makes it"
    with duckdb.connect(config=NO_NETWORK) as con:
        source = attach(con, system.system, settings.urls[system.system].get_secret_value())
        found = source.columns([table.source for table in system.tables.values()])
        seen = compare_schema(system, found, {}, "martlet doctor")
    absent = [name for name in system.tables if name not in seen.present]
    text = f"{source.dialect} at {source.where}: {len(seen.present)} of {len(system.tables)} tables, all columns as expected"
    text += f"; absent (optional): {', '.join(absent)}" if absent else ""
    return text + (f"; new columns: {', '.join(seen.new_columns)}" if seen.new_columns else "")

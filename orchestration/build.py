"""The build: what dbt is told, whether it must run at all, and what is remembered of it.

Belongs here: meta.build, meta.rebuild_days, meta.builds and the fingerprint of the models. Does not: running dbt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import duckdb

from orchestration import clock
from orchestration.extract.meta import has_loads
from orchestration.settings import PROJECT, Settings


@dataclass(frozen=True)
class Build:
    """One build: `is_needed` is False when neither data, models nor the reported day changed since the release."""

    build_id: str
    as_of: datetime
    is_full: bool
    is_needed: bool
    rebuild_days: int
    systems: frozenset[str]  # source systems that were ever loaded


COLUMNS = [
    ("build_id", "VARCHAR", "The run that builds."),
    ("as_of", "TIMESTAMPTZ", "End of the reported day, exclusive: the instant all numbers are valid for."),
    ("reporting_timezone", "VARCHAR", "Where a reporting day begins and ends."),
    ("first_day", "DATE", "First day that marts report."),
    ("last_day", "DATE", "The reported day: the last complete one."),
]  # of meta.build


def fingerprint(settings: Settings, project: Path = PROJECT) -> str:
    """Changes with a model, seed, macro, profile, variable or the version of dbt: then every model is built in full."""
    tools = "|".join(version(tool) for tool in ("dbt-core", "dbt-duckdb"))
    digest = hashlib.sha256(f"{settings.reporting_timezone}|{settings.start_date}|{tools}".encode())
    files = [project / "dbt_project.yml", project / "profiles" / "profiles.yml"]
    files += [f for f in (project / "dbt_project").rglob("*") if f.suffix in {".sql", ".yml", ".csv"}]
    for file in sorted(files):
        digest.update(str(file.relative_to(project)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def latest_as_of(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """The as_of of the newest load, in UTC; None before the first."""
    if not has_loads(con):
        return None
    latest = con.execute("select max(as_of) from meta.loads").fetchall()[0][0]
    return latest.astimezone(UTC) if latest else None


def prepare(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    build_id: str,
    has_release: bool = True,
    days: tuple[date, date] | None = None,
) -> Build:
    """Write the parameters of the build and the days it rebuilds; says whether it must run.

    `has_release` is whether `latest` names a whole release: without one there is always something to do.
    `days` are those of the run: the days of a backfill are rebuilt even if nothing in them changed, because somebody
    asked for them, and because Dagster calls a backfill failed when it leaves out an asset.
    """
    as_of = latest_as_of(con)
    if as_of is None:
        raise RuntimeError("nothing was loaded yet: run the raw assets first")
    mark = fingerprint(settings)
    last = con.execute(
        "select build_id, as_of, fingerprint, last_load_id, rowid from meta.builds where succeeded order by rowid desc limit 1"
    ).fetchall()
    # a build with other models or another time zone that died half way has left some tables in its own form
    others = con.execute(
        "select count(*) from meta.builds where rowid > ? and fingerprint <> ?", [last[0][4] if last else -1, mark]
    ).fetchall()[0][0]
    last_load = con.execute("select max(load_id) from meta.loads").fetchall()[0][0]
    is_full = not last or last[0][2] != mark or others > 0
    since_load = -1 if is_full else last[0][3]
    touched = con.execute(
        "select count(*) from meta.loads where load_id > ? and rows_new + rows_changed + rows_deleted > 0", [since_load]
    )
    has_changes = bool(touched.fetchall()[0][0])
    published = con.execute("select count(*) from meta.publishes where build_id = ?", [last[0][0] if last else ""])
    last_day = clock.reporting_day(as_of, settings.reporting_timezone)
    is_backfill = days is not None and days[0] < last_day
    is_needed = (
        not has_release
        or is_backfill
        or is_full
        or has_changes
        or last[0][1].astimezone(UTC) != as_of
        or not published.fetchall()[0][0]
    )
    con.execute("begin")
    con.execute("delete from meta.build; delete from meta.rebuild_days")
    con.execute(
        "insert into meta.build values (?, ?, ?, ?, ?)",
        [build_id, as_of, settings.reporting_timezone, min(settings.start_date, last_day), last_day],
    )
    con.execute(
        "insert into meta.rebuild_days select distinct day from meta.touched_days where load_id > ?", [since_load]
    )
    if last and not is_full:  # days that this build is the first to report
        first_new = clock.reporting_day(last[0][1].astimezone(UTC), settings.reporting_timezone) + timedelta(days=1)
        _add_days(con, first_new, last_day)
    if days and is_backfill:
        _add_days(con, *days)
    if is_needed:
        con.execute(
            "insert into meta.builds values (?, ?, ?, ?, ?, ?, false, null)",
            [build_id, as_of, clock.now(), mark, last_load, is_full],
        )
    con.execute("commit")
    count = con.execute("select count(distinct day) from meta.rebuild_days").fetchall()[0][0]
    return Build(build_id, as_of, is_full, is_needed, count, loaded_systems(con))


def prepared(con: duckdb.DuckDBPyConnection, build_id: str) -> Build | None:
    """The build of this id, if it is the one the warehouse holds."""
    found = con.execute(
        "select b.as_of, b.is_full, (select count(*) from meta.rebuild_days) from meta.builds b join meta.build using (build_id)"
        " where b.build_id = ?",
        [build_id],
    ).fetchall()
    if not found:
        return None
    as_of, is_full, days = found[0]
    return Build(build_id, as_of.astimezone(UTC), is_full, True, days, loaded_systems(con))


def loaded_systems(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The source systems that were ever loaded."""
    return frozenset(row[0] for row in con.execute("select distinct system from meta.loads").fetchall())


def _add_days(con: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
    con.execute(
        "insert into meta.rebuild_days select day::date from generate_series(?::date, ?::date, interval 1 day) t(day)"
        " where day::date not in (select day from meta.rebuild_days)",
        [first, last],
    )


def succeed(con: duckdb.DuckDBPyConnection, build_id: str, dbt_invocation_id: str | None = None) -> None:
    """Remember that dbt finished this build: the next one starts after its loads."""
    con.execute(
        "update meta.builds set succeeded = true, dbt_invocation_id = ? where build_id = ?",
        [dbt_invocation_id, build_id],
    )


def record_gate(con: duckdb.DuckDBPyConnection, build_id: str, gate: str, rows: list[tuple]) -> None:
    """Replace a gate's records of a build. Rows: asset, check, column, severity, success, failing rows, message."""
    con.execute("begin")
    con.execute("delete from meta.gate_records where build_id = ? and gate = ?", [build_id, gate])
    if rows:  # as lists, in one statement: row by row, a border takes half a second
        columns = ", ".join(["unnest(?)"] * len(rows[0]))
        con.execute(
            f"insert into meta.gate_records select ?, ?, {columns}",
            [build_id, gate, *map(list, zip(*rows, strict=True))],
        )
    con.execute("commit")


def failed_checks(con: duckdb.DuckDBPyConnection, build_id: str) -> list[str]:
    """The messages of the critical checks that failed in a build."""
    rows = con.execute(
        "select message from meta.gate_records where build_id = ? and not success and severity = 'critical' order by all",
        [build_id],
    ).fetchall()
    return [row[0] for row in rows]

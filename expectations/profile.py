"""The profile of a raw table: how many rows break each expectation, counted by one query.

Belongs here: the SQL of the counts and what the newest load says. The cost of the checks that follow doesn't grow with
the rows, and no value of a row leaves the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from expectations.suites import RawExpectation
from orchestration.extract.catalog import Table
from orchestration.extract.meta import raw_relation


@dataclass(frozen=True)
class Load:
    """What meta.loads says of the newest load of a table. Counts are rows of that load."""

    read_at: datetime
    rows_read: int
    rows_quarantined: int
    duplicate_keys: int


@dataclass
class Profile:
    """Row counts of a raw table; `rows` is None if the table is absent, `unknown` says why a count couldn't be made."""

    load: Load | None
    rows: int | None = None
    failing: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def newest_load(con: duckdb.DuckDBPyConnection, table: Table) -> Load | None:
    """The newest load of the table, or None when none is on record."""
    try:
        found = con.execute(
            "select greatest(as_of, started_at), coalesce(rows_read, 0), coalesce(rows_quarantined, 0),"
            " coalesce(duplicate_keys, 0) from meta.loads where system = ? and table_name = ?"
            " order by load_id desc, started_at desc limit 1",
            [table.system, table.name],
        ).fetchall()
    except duckdb.CatalogException:
        return None
    return Load(*found[0]) if found else None


def readable(condition: str, load: Load | None) -> str:
    """The condition as a person can run it: `_read_at` replaced by the instant it stands for."""
    instant = f"timestamptz '{load.read_at.isoformat(sep=' ')}'" if load else "null::timestamptz"
    return condition.replace("_read_at", instant)


def _count(
    con: duckdb.DuckDBPyConnection, table: Table, expectations: list[RawExpectation], load: Load | None
) -> tuple[int, ...]:
    counts = "".join(f", count(*) filter (where {readable(e.failing, load)})" for e in expectations)
    return con.execute(f"select count(*){counts} from {raw_relation(table)}").fetchall()[0]


def profile(con: duckdb.DuckDBPyConnection, table: Table, expectations: list[RawExpectation]) -> Profile:
    """Count failing rows. A condition that DuckDB refuses is found by asking one by one; it doesn't hide the others."""
    result = Profile(newest_load(con, table))
    try:
        result.rows, *counts = _count(con, table, expectations, result.load)
        result.failing = dict(zip((e.name for e in expectations), counts, strict=True))
        return result
    except duckdb.Error:
        pass
    try:
        (result.rows,) = _count(con, table, [], result.load)
    except duckdb.CatalogException:
        return result
    for expectation in expectations:
        try:
            result.failing[expectation.name] = _count(con, table, [expectation], result.load)[1]
        except duckdb.Error as error:  # the text of some errors quotes a value: only its kind is passed on
            result.unknown[expectation.name] = type(error).__name__
    return result

"""The profile of a table: how many rows break each expectation, counted by one query.

Belongs here: the SQL of the counts. The cost of the checks that follow doesn't grow with the rows, and no value of a row leaves
the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from expectations.suites import Expectation


@dataclass
class Profile:
    """Row counts of a table; `rows` is None if it is absent, `unknown` says why a count couldn't be made."""

    rows: int | None = None
    asked: dict[str, int] = field(default_factory=dict)  # rows that an expectation is about
    failing: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def condition(e: Expectation, read_at: datetime | None) -> str:
    """The failing rows as a person can ask for them: `_read_at` replaced by the instant it stands for."""
    return _readable(f"({e.only_rows}) and ({e.failing})" if e.only_rows else str(e.failing), read_at)


def _readable(sql: str, read_at: datetime | None) -> str:
    instant = f"timestamptz '{read_at.isoformat(sep=' ')}'" if read_at else "null::timestamptz"
    return sql.replace("_read_at", instant)


def profile(
    con: duckdb.DuckDBPyConnection, relation: str, expectations: list[Expectation], read_at: datetime | None = None
) -> Profile:
    """Count failing rows. A condition that DuckDB refuses is found by asking one by one; it doesn't hide the others."""
    result = Profile()
    try:
        _count(con, relation, expectations, read_at, result)
        return result
    except duckdb.Error:
        pass
    try:
        _count(con, relation, [], read_at, result)
    except duckdb.CatalogException:
        return result
    for expectation in expectations:
        try:
            _count(con, relation, [expectation], read_at, result)
        except duckdb.Error as error:  # the text of some errors quotes a value: only its kind is passed on
            result.unknown[expectation.name] = type(error).__name__
    return result


def _count(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    expectations: list[Expectation],
    read_at: datetime | None,
    result: Profile,
) -> None:
    counts = ["count(*)"]
    for e in expectations:
        counts.append(f"count(*) filter (where {_readable(e.only_rows, read_at)})" if e.only_rows else "count(*)")
        counts.append(
            f"count(*) filter (where {condition(e, read_at)})"
            if e.min_rows is None
            else f"greatest({e.min_rows} - count(*), 0)"
        )
    found = con.execute(f"select {', '.join(counts)} from {relation}").fetchall()[0]
    result.rows = found[0]
    names = [e.name for e in expectations]
    result.asked.update(zip(names, found[1::2], strict=True))
    result.failing.update(zip(names, found[2::2], strict=True))

"""The border where marts go out: Great Expectations on the columns that a suite names, and no others."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import tee
from typing import TYPE_CHECKING

import duckdb

from expectations import gx
from expectations.results import CheckResult, rows
from expectations.suites import HAS_ROWS, MartExpectation, MartSuite
from orchestration.extract.meta import quote

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Taken:
    """What is judged of a mart: the columns that its suite names. `count` is None for a mart that is absent."""

    suite: MartSuite
    present: set[str]
    count: int | None
    frame: pd.DataFrame

    @property
    def possible(self) -> gx.Expectations:
        asked = self.suite.expectations if self.present else []
        return {e.name: (e.type, e.gx_kwargs) for e in asked if self.present.issuperset(e.read_columns)}


def run_marts(con: duckdb.DuckDBPyConnection, suites: Iterable[MartSuite]) -> Iterator[CheckResult]:
    """The checks of marts. An absent mart or column fails what names it; an empty mart fails `has_rows`."""
    reading, judged = tee(_take(con, suite) for suite in suites)
    for taken, verdicts in zip(judged, gx.validate_each((t.frame, t.possible) for t in reading), strict=True):
        yield _has_rows(taken.suite, taken.count)
        for e in taken.suite.expectations:
            yield _result(taken.suite, e, verdicts.get(e.name), taken.count, taken.present)


def _take(con: duckdb.DuckDBPyConnection, suite: MartSuite) -> Taken:
    import pandas as pd

    present = _columns(con, suite.mart)
    relation = f"marts.{quote(suite.mart)}"
    count = con.execute(f"select count(*) from {relation}").fetchall()[0][0] if present else None
    named = [c for c in dict.fromkeys(c for e in suite.expectations for c in e.read_columns) if c in present]
    frame = pd.DataFrame()
    if present:
        with warnings.catch_warnings():  # duckdb 1.5 uses a pandas argument that pandas 3 deprecates
            warnings.simplefilter("ignore")
            frame = con.execute(f"select {', '.join(map(quote, named)) or '1 as nothing'} from {relation}").df()
    return Taken(suite, present, count, frame)


def _columns(con: duckdb.DuckDBPyConnection, mart: str) -> set[str]:
    found = con.execute(
        "select column_name from duckdb_columns()"
        " where schema_name = 'marts' and table_name = ? and database_name = current_database()",
        [mart],
    ).fetchall()
    return {name for (name,) in found}


def _has_rows(suite: MartSuite, count: int | None) -> CheckResult:
    success = count is not None and (count > 0 or suite.may_be_empty)
    if count is None:
        text = "the mart is not in the warehouse. Look at the dbt step of this run"
    elif success:
        text = rows(count)
    else:
        text = "0 rows, but somebody opens this mart. Look at the facts that it is built on"
    return CheckResult("marts", suite.mart, HAS_ROWS, None, "critical", success, None, f"{suite.mart}: {text}.")


def _result(
    suite: MartSuite, e: MartExpectation, verdict: gx.Verdict | None, count: int | None, present: set[str]
) -> CheckResult:
    column = ", ".join(e.columns) or None
    if verdict is None:
        missing = f"column {', '.join(c for c in e.read_columns if c not in present)}" if present else "the mart"
        say = f"`{e.name}` could not be checked: {missing} is not in the warehouse"
    elif not verdict.evaluated:
        say = f"`{e.name}` could not be checked; look at the type of the column"
    elif verdict.failing_rows is None:
        say = f"`{e.name}` {'holds' if verdict.success else 'does not hold'}"
    else:
        say = f"{rows(verdict.failing_rows)} of {count:,} break `{e.name}`"
    where = f"{suite.mart}: column {column}" if column else suite.mart
    success = verdict is not None and verdict.success and verdict.evaluated
    if success:
        say += f". {e.reason.removesuffix('.')}"
    elif present:
        rule = ", ".join(f"{k} {v}" for k, v in e.kwargs.items() if not k.startswith("column"))
        rows_meant = f", only rows where {e.only_rows}" if e.only_rows else ""
        say += f". {e.reason} Look at marts.{suite.mart} ({e.type}{': ' + rule if rule else ''}{rows_meant})"
    failing = verdict.failing_rows if verdict else None
    return CheckResult("marts", suite.mart, e.name, column, e.severity, success, failing, f"{where}: {say}.")

"""The border where marts go out: whether a mart is there and has rows, and the expectations of its suite."""

from __future__ import annotations

import duckdb

from expectations.checks import Measured, written
from expectations.profile import profile
from expectations.results import rows
from expectations.suites import HAS_ROWS, MartSuite
from orchestration.extract.meta import quote


def measure_mart(con: duckdb.DuckDBPyConnection, suite: MartSuite, is_unfed: bool = False) -> list[Measured]:
    """The checks of one mart. An empty one fails `has_rows`, unless its suite allows it or nothing feeds it."""
    relation = f"marts.{quote(suite.mart)}"
    expected = [e for e in suite.expectations if not (is_unfed and e.min_rows)]
    found = profile(con, relation, expected)
    is_there = found.rows is not None and (found.rows > 0 or suite.may_be_empty or is_unfed)
    if is_there:
        text = f"{rows(found.rows or 0)}."
    elif found.rows is None:
        text = "the mart is not in the warehouse. Look at the dbt step of this run."
    else:
        text = "0 rows, but somebody opens this mart. Look at the facts that it is built on."
    own = Measured(suite.mart, HAS_ROWS, [], "critical", 0 if is_there else 1, 0, None, text)
    return [own, *written(suite.mart, relation, expected, found)]

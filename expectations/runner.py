"""Runs the suites of one border. Does not record the results (meta.gate_records), nor decide about a release."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from expectations.checks import judge
from expectations.marts import measure_mart
from expectations.raw import measure_raw
from expectations.results import CheckResult
from expectations.suites import FOLDER, Border, mart_suites, raw_suites, tables_of


def run_suites(
    con: duckdb.DuckDBPyConnection,
    border: Border,
    systems: list[str],
    folder: Path = FOLDER,
    unfed: Collection[str] = (),
) -> list[CheckResult]:
    """Run every suite of the border, raw ones for the tables of `systems`. Bad data is a failed result, never an error.

    `unfed` marts may be empty whatever their suites say: no system that feeds them is on.

    Raises ValueError for a suite file that makes no sense (see suites.py).
    """
    if border == "raw":
        written = {name: suite.expectations for name, suite in raw_suites(folder).items()}
        of_tables = [measure_raw(con, table, written.get(table.full_name, [])) for table in tables_of(systems)]
    else:
        of_tables = [measure_mart(con, suite, suite.mart in unfed) for suite in mart_suites(folder).values()]
    return judge(border, [check for checks in of_tables for check in checks])

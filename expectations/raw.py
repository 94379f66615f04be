"""The border where rows come in: expectations on the profile of a raw table, and what its newest load says."""

from __future__ import annotations

import duckdb

from expectations import gx
from expectations.profile import Profile, profile, readable
from expectations.results import CheckResult, rows
from expectations.suites import DUPLICATE_KEYS, IS_LOADED, QUARANTINE, RawExpectation, Severity
from orchestration.extract.catalog import Table
from orchestration.extract.meta import raw_relation

_AT_MOST = "expect_column_max_to_be_between"  # of a profile's one row; three times as fast as the row by row one


def run_raw(con: duckdb.DuckDBPyConnection, table: Table, expectations: list[RawExpectation]) -> list[CheckResult]:
    """The checks of one raw table: those of its loads, then the written ones."""
    found = profile(con, table, expectations)
    success = _judge(table, expectations, found)

    def result(name: str, columns: list[str], severity: Severity, failing: int | None, text: str) -> CheckResult:
        message = f"{table.full_name}: {text}"
        return CheckResult(
            "raw", table.full_name, name, ", ".join(columns), severity, success.get(name, False), failing, message
        )

    duplicates, quarantined = (found.load.duplicate_keys, found.load.rows_quarantined) if found.load else (0, 0)
    counted = ((e, found.failing.get(e.name)) for e in expectations)
    return [
        result(IS_LOADED, table.key, "critical", None, _loaded_text(table, found, success[IS_LOADED])),
        result(DUPLICATE_KEYS, table.key, "critical", duplicates, _duplicates_text(table, duplicates)),
        result(QUARANTINE, table.key, "critical", quarantined, _quarantine_text(table, found)),
        *(result(e.name, e.column, e.severity, failing, _text(table, e, found)) for e, failing in counted),
    ]


def _judge(table: Table, expectations: list[RawExpectation], found: Profile) -> dict[str, bool]:
    """Put the expectations on one row of counts and shares. What couldn't be counted is not in the answer."""
    import pandas as pd

    load = found.load
    quarantined = load.rows_quarantined if load else 0
    measured: dict[str, float] = {
        DUPLICATE_KEYS: load.duplicate_keys if load else 0,
        # of the whole table: a window of two days is small, and a bad row in it is read again every night
        QUARANTINE: quarantined / max((found.rows or 0) + quarantined, 1),
    }
    limits: dict[str, float] = {DUPLICATE_KEYS: 0, QUARANTINE: table.max_quarantine_share}
    for e in expectations:
        if e.name in found.failing:
            share = e.max_failing_share
            measured[e.name] = found.failing[e.name] / max(found.rows or 0, 1) if share else found.failing[e.name]
            limits[e.name] = share or e.max_failing or 0
    verdicts = gx.validate(
        pd.DataFrame([measured]), {n: (_AT_MOST, {"column": n, "max_value": limit}) for n, limit in limits.items()}
    )
    is_loaded = found.rows is not None and (load is not None or table.optional)
    return {IS_LOADED: is_loaded, **{name: v.success and v.evaluated for name, v in verdicts.items()}}


def _loaded_text(table: Table, found: Profile, success: bool) -> str:
    if success:
        return f"{rows(found.rows or 0)}; {'newest load on record' if found.load else 'optional and never loaded'}."
    what = "not in the warehouse" if found.rows is None else "there, but no load of it is on record"
    return f"the table is {what}. Look at the load of {table.system} in this run."


def _duplicates_text(table: Table, duplicates: int) -> str:
    return f"column {', '.join(table.key)}: {rows(duplicates)} of the newest load with a key seen before; allowed 0."


def _quarantine_text(table: Table, found: Profile) -> str:
    quarantined = found.load.rows_quarantined if found.load else 0
    return (
        f"column {', '.join(table.key)} and others: {rows(quarantined)} beside {found.rows or 0:,} good ones broke types or keys;"
        f" allowed {table.max_quarantine_share:.1%}. Look at meta.quarantine where table_name = '{table.name}'."
    )


def _text(table: Table, e: RawExpectation, found: Profile) -> str:
    column = f"column {', '.join(e.column)}"
    if e.name not in found.failing:
        why = "the table is not in the warehouse" if found.rows is None else f"DuckDB raises {found.unknown[e.name]}"
        return f"{column}: `{e.name}` could not be checked: {why}. {e.reason}"
    allowed = f"{e.max_failing_share:.1%} of the rows" if e.max_failing_share else f"{e.max_failing or 0:,}"
    count = f"{rows(found.failing[e.name])} of {found.rows:,} break `{e.name}`; allowed {allowed}."
    if not found.failing[e.name]:
        return f"{column}: {count} {e.reason}"
    condition = readable(e.failing, found.load)
    return f"{column}: {count} {e.reason} Look at: select * from {raw_relation(table)} where {condition}"

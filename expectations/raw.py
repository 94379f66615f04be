"""The border where rows come in: what the newest load of a raw table says, and the expectations of its suite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from expectations.checks import Measured, written
from expectations.profile import Profile, profile
from expectations.results import rows
from expectations.suites import DUPLICATE_KEYS, IS_LOADED, QUARANTINE, Expectation
from orchestration.extract.catalog import Table
from orchestration.extract.meta import raw_relation


@dataclass(frozen=True)
class Load:
    """What meta.loads says of the newest load of a table. Counts are rows of that load."""

    read_at: datetime | None = None  # None: no load is on record
    rows_quarantined: int = 0
    duplicate_keys: int = 0
    bad_columns: tuple[str, ...] = ()  # of the rows that were set aside


def measure_raw(con: duckdb.DuckDBPyConnection, table: Table, expectations: list[Expectation]) -> list[Measured]:
    """The checks of one raw table: those of its loads, then the written ones."""
    load = _newest_load(con, table)
    found = profile(con, raw_relation(table), expectations, load.read_at)
    is_loaded = found.rows is not None and (load.read_at is not None or table.optional)
    # of the whole table: a window of two days is small, and a bad row in it is read again every night
    quarantined = load.rows_quarantined / max((found.rows or 0) + load.rows_quarantined, 1)
    name = table.full_name
    own = [
        Measured(name, IS_LOADED, table.key, "critical", 0 if is_loaded else 1, 0, None, _loaded_text(table, found, load)),
        Measured(name, DUPLICATE_KEYS, table.key, "critical", load.duplicate_keys, 0, load.duplicate_keys,
                 _duplicates_text(table, load.duplicate_keys)),
        Measured(name, QUARANTINE, [*load.bad_columns] or table.key, "critical", quarantined, table.max_quarantine_share,
                 load.rows_quarantined, _quarantine_text(table, found, load)),
    ]  # fmt: skip
    return [*own, *written(name, raw_relation(table), expectations, found, load.read_at)]


def _newest_load(con: duckdb.DuckDBPyConnection, table: Table) -> Load:
    try:
        found = con.execute(
            "select greatest(as_of, started_at), coalesce(rows_quarantined, 0), coalesce(duplicate_keys, 0), (select"
            " list(distinct column_name order by column_name) from meta.quarantine q where q.system = l.system and"
            " q.table_name = l.table_name and q.load_id = l.load_id)"
            " from meta.loads l where system = ? and table_name = ? order by load_id desc, started_at desc limit 1",
            [table.system, table.name],
        ).fetchall()
    except duckdb.CatalogException:
        return Load()
    if not found:
        return Load()
    read_at, quarantined, duplicates, columns = found[0]
    return Load(read_at, quarantined, duplicates, tuple(columns or ()))


def _loaded_text(table: Table, found: Profile, load: Load) -> str:
    if found.rows is not None and load.read_at:
        return f"{rows(found.rows)}; newest load on record."
    if found.rows is not None and table.optional:
        return f"{rows(found.rows)}; optional and never loaded."
    what = "not in the warehouse" if found.rows is None else "there, but no load of it is on record"
    return f"the table is {what}. Look at the load of {table.system} in this run."


def _duplicates_text(table: Table, duplicates: int) -> str:
    return f"column {', '.join(table.key)}: {rows(duplicates)} of the newest load with a key seen before; allowed 0."


def _quarantine_text(table: Table, found: Profile, load: Load) -> str:
    return (
        f"column {', '.join(load.bad_columns or table.key)}: {rows(load.rows_quarantined)} beside {found.rows or 0:,} good ones"
        f" broke types or keys; allowed {table.max_quarantine_share:.1%}."
        f" Look at meta.quarantine where table_name = '{table.name}'."
    )

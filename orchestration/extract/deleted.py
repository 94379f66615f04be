"""What left a table: `deleted_<system>.<table>` holds the rows that a source deleted, each in its last known state.

Belongs here: keeping that table in step with a load, and filling it from the archive. Does not: finding what vanished
(changes.py). Only tables whose catalog entry says `keep_deleted` have one; a row that comes back leaves it again.

`_first_seen_at` is the as_of of the load that brought the last state, `_observed_at` of the load that missed the row.
`_last_seen_at` is the as_of of the newest load before that one that changed anything in the table: the archive knows no other.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from orchestration.extract.catalog import System, Table
from orchestration.extract.meta import archive_relation, deleted_relation, quote, raw_relation
from orchestration.extract.projection import key_list, landed_list, same_key
from orchestration.extract.sources import literal


def is_empty(con: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether nothing of the table is known to have left."""
    return not con.execute(f"from {deleted_relation(table)} limit 1").fetchall()


def days_of_returned(table: Table, rows: str) -> str:
    """A SELECT of the times by which the keys of `rows` were dated when they had left: what counted there no longer does."""
    left = f"from {deleted_relation(table)} semi join {rows} using ({key_list(table)})"
    return " union all ".join(f"select {quote(time)} {left}" for time in table.dated_by)


def forget(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> None:
    """The keys of `rows` are there again."""
    con.execute(f"delete from {deleted_relation(table)} d using {rows} r where {same_key(table, 'd', 'r')}")


def keep(con: duckdb.DuckDBPyConnection, table: Table, rows: str, as_of: str, load_id: int) -> None:
    """Copy the keys of `rows` from the raw table, before they are removed from it. `as_of` is SQL."""
    columns = landed_list(table)
    con.execute(
        f"insert into {deleted_relation(table)} by name select {columns}, _observed_at as _first_seen_at,"
        f" greatest(_observed_at, {_load_before(table, str(load_id))}) as _last_seen_at, {as_of} as _observed_at,"
        f" {load_id}::bigint as _load_id from {raw_relation(table)} semi join {rows} using ({key_list(table)})"
    )


def lacking(con: duckdb.DuckDBPyConnection, systems: Iterable[System]) -> list[Table]:
    """The tables that should have one and don't: the warehouse is new, or older than this part of Martlet."""
    found = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    wanted = [table for system in systems for table in system.tables.values() if table.keep_deleted]
    return [table for table in wanted if (f"deleted_{table.system}.{table.name}",) not in found]


def refill(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fill the empty table from the archive and meta.loads, as the loads themselves would have."""
    keys, archive = key_list(table), archive_relation(table)
    con.execute(
        f"insert into {deleted_relation(table)} by name select {landed_list(table)}, _first_seen_at,"
        f" greatest(_first_seen_at, {_load_before(table, 'last._load_id')}) as _last_seen_at, _observed_at, _load_id from ("
        f"select *, lag(_observed_at) over by_load as _first_seen_at, lead(_load_id) over by_load is null as is_last"
        f" from {archive} semi join (select {keys} from {archive} where _op = 'delete') using ({keys})"
        f" window by_load as (partition by {keys} order by _load_id)) as last where is_last and _op = 'delete'"
    )


def _load_before(table: Table, load_id: str) -> str:
    return (
        f"(select max(as_of) from meta.loads where system = {literal(table.system)} and table_name = {literal(table.name)}"
        f" and load_id < {load_id} and rows_new + rows_changed + rows_deleted > 0)"
    )

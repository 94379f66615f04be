"""The schemas that the loader owns in the warehouse: meta.*, raw_<system>.*, deleted_<system>.*, archive_<system>.*.

Belongs here: their DDL, and nothing else. Every statement is idempotent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.extract.catalog import System, Table

META_DDL = """
create schema if not exists meta;
-- one row per table and load; load_id grows by one per load of a system
create table if not exists meta.loads (
    load_id bigint, system varchar, table_name varchar, build_id varchar, mode varchar, as_of timestamptz,
    range_start date, range_end date, started_at timestamptz, seconds double,
    rows_read bigint, rows_new bigint, rows_changed bigint, rows_deleted bigint, rows_quarantined bigint,
    duplicate_keys bigint, rows_total bigint, high_water timestamptz, compared boolean, waived varchar);
-- reporting days whose rows changed, for the incremental models
create table if not exists meta.touched_days (system varchar, table_name varchar, day date, load_id bigint);
-- rows and fingerprint of the keys of each day (UTC) in the source, as of the last comparison
create table if not exists meta.source_days (
    system varchar, table_name varchar, day date, rows bigint, fingerprint varchar);
-- what the source really has
create table if not exists meta.source_columns (
    system varchar, table_name varchar, column_name varchar, source_type varchar, in_catalog boolean,
    is_present boolean, as_of timestamptz, load_id bigint);
-- rows that broke their types or keys, after the rules for personal data
create table if not exists meta.quarantine (
    load_id bigint, system varchar, table_name varchar, column_name varchar, reason varchar, row_key varchar,
    row_json varchar);
-- one row per build (a run that reached dbt); the newest that succeeded bounds the next touched days
create table if not exists meta.builds (
    build_id varchar, as_of timestamptz, started_at timestamptz, fingerprint varchar, last_load_id bigint,
    is_full boolean, succeeded boolean);
alter table meta.builds add column if not exists dbt_invocation_id varchar;
-- the parameters of the build under way: exactly one row
create table if not exists meta.build (
    build_id varchar, as_of timestamptz, reporting_timezone varchar, first_day date, last_day date);
-- the days that the build under way rebuilds in incremental models
create table if not exists meta.rebuild_days (day date);
create table if not exists meta.gate_records (
    build_id varchar, gate varchar, asset varchar, check_name varchar, column_name varchar, severity varchar,
    success boolean, failing_rows bigint, message varchar);
create table if not exists meta.publishes (
    release_id varchar, build_id varchar, as_of timestamptz, published_at timestamptz, kind varchar,
    manifest_sha256 varchar);
"""


def quote(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def raw_relation(table: Table) -> str:
    return f"{quote('raw_' + table.system)}.{quote(table.name)}"


def deleted_relation(table: Table) -> str:
    return f"{quote('deleted_' + table.system)}.{quote(table.name)}"


def archive_relation(table: Table) -> str:
    return f"{quote('archive_' + table.system)}.{quote(table.name)}"


def raw_ddl(table: Table, relation: str | None = None) -> str:
    """The raw table: catalog columns, then when (as_of) and by which load the row last changed."""
    columns = ", ".join(f"{quote(c.name)} {c.duckdb_type}" for c in table.landed)
    return f"create table if not exists {relation or raw_relation(table)} ({columns}, _observed_at timestamptz, _load_id bigint)"


def deleted_ddl(table: Table) -> str:
    """The rows that left: catalog columns in their last state, when they were seen, and by which load they were missed."""
    columns = ", ".join(f"{quote(c.name)} {c.duckdb_type}" for c in table.landed)
    return (
        f"create table if not exists {deleted_relation(table)} ({columns}, _first_seen_at timestamptz,"
        " _last_seen_at timestamptz, _observed_at timestamptz, _load_id bigint)"
    )


def archive_view_ddl(table: Table, archive: Path) -> str:
    """A view over every archived observation of a table: raw columns and _op ('upsert' or 'delete')."""
    columns = ", ".join(f"{quote(c.name)}::{c.duckdb_type} as {quote(c.name)}" for c in table.landed)
    glob = str(archive / table.system / table.name / "*.parquet").replace("'", "''")
    return (
        f"create or replace view {archive_relation(table)} as select {columns}, _observed_at, _load_id, _op"
        f" from read_parquet('{glob}', union_by_name = true)"
    )


def create_schemas(con: duckdb.DuckDBPyConnection, systems: Iterable[System]) -> list[str]:
    """Bring meta, raw and deleted tables of every system to the catalog: typed and empty where they were lacking.

    Returns what was changed in existing raw tables, as sentences. Archive views need files: archive.py.
    """
    con.execute(META_DDL)
    for system in systems:
        for layer in ("raw", "deleted", "archive"):
            con.execute(f"create schema if not exists {quote(f'{layer}_{system.system}')}")
    said = []
    rows = con.execute(
        'select format(\'"{}"."{}"\', schema_name, table_name), comment from duckdb_tables()'
        " where database_name = current_database()"
    )
    marks = dict(rows.fetchall())
    for table in (table for system in systems for table in system.tables.values()):
        said += _create(con, table, raw_relation(table), raw_ddl(table), marks)
        if table.keep_deleted:
            _create(con, table, deleted_relation(table), deleted_ddl(table), marks)
    return said


def _create(con: duckdb.DuckDBPyConnection, table: Table, relation: str, ddl: str, marks: dict[str, str]) -> list[str]:
    """A table's comment is the hash of its definition: a night asks once what has to be looked at, and that is nothing."""
    mark = hashlib.sha256(ddl.encode()).hexdigest()
    if marks.get(relation) == mark:
        return []
    said = []
    if relation in marks:
        said = _follow(con, table, relation)
    else:
        con.execute(ddl)
    con.execute(f"comment on table {relation} is {_text(mark)}")
    return said


def _follow(con: duckdb.DuckDBPyConnection, table: Table, relation: str) -> list[str]:
    said = []
    # not duckdb_columns(), which opens every Parquet file behind the views of the archive
    rows = con.execute(f"select name, type from pragma_table_info({_text(relation)})").fetchall()
    types = {c.name: con.execute(f"select typeof(null::{c.duckdb_type})").fetchall()[0][0] for c in table.landed}
    have = {name: kind for name, kind in rows if not name.startswith("_")}
    for name in have.keys() - types.keys():
        con.execute(f"alter table {relation} drop column {quote(name)}")
        said.append(f"{table.full_name}.{name}: no longer in the catalog, dropped from the warehouse")
    for name, kind in types.items():
        if name not in have:
            con.execute(f"alter table {relation} add column {quote(name)} {kind}")
            said.append(f"{table.full_name}.{name}: new in the catalog; older rows get it from: martlet backfill")
        elif have[name] != kind:
            con.execute(f"alter table {relation} alter {quote(name)} type {kind}")
            said.append(f"{table.full_name}.{name}: {have[name]} became {kind}")
    return said


def has_loads(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether this warehouse file knows of loads at all; a new file, or one that was lost, does not."""
    try:
        con.execute("from meta.loads limit 0")  # asking the catalog would list all of it
    except duckdb.CatalogException:
        return False
    return True

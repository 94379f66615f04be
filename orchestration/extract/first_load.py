"""The first load of a large table: from the source straight into the empty raw table, without a batch to compare.

Belongs here: the short cut and when it may be taken. Does not: every later load (reader.py, changes.py). A first load
that finds a row to be set aside undoes itself, and the table is read the long way.
"""

from __future__ import annotations

from orchestration.extract.catalog import Table
from orchestration.extract.changes import Changes
from orchestration.extract.projection import DECIMAL, REASON, first_projection, landed_list, read_columns, source_query
from orchestration.extract.reader import Window, key_is_enforced
from orchestration.extract.sources import Source


def fill(source: Source, table: Table, present: dict[str, str], window: Window, changes: Changes) -> int | None:
    """Fill the empty raw table from `present`, {lower-case name: real name}; returns its rows.

    None when this is not a first load, when the source does not vouch for the key, or when a row must be set aside.
    """
    if table.moving_column is None or window.since is not None or not key_is_enforced(source, table, present):
        return None
    reader = source.scanned() if _is_plain(table, source) else source
    query = source_query(table, reader, present, window.source_where(table, present))
    columns, con = landed_list(table), source.con
    con.execute(
        f"insert into {changes.raw} ({columns}, _observed_at, _load_id) select {columns}, {changes.as_of},"
        f" if({REASON} is null, 1, -1) * {changes.load_id} from ({first_projection(table, reader, reader.scan(query))})"
    )
    rows, bad = con.execute(f"select count(*), count(*) filter (_load_id < 0) from {changes.raw}").fetchall()[0]
    if bad:
        con.execute(f"delete from {changes.raw}")
        return None
    return rows


def _is_plain(table: Table, source: Source) -> bool:
    """Whether DuckDB's own scan of the table, which reads in parallel, gives the same values as the source's SQL."""
    if source.text_is_bytes:
        return False
    columns = read_columns(table)
    return all(c.expr is None and not DECIMAL.match(c.duckdb_type) and c.duckdb_type != "VARCHAR[]" for c in columns)

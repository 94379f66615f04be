"""Names and e-mails that a documented export asks for: a DuckDB file of their own, never the warehouse.

Belongs here: writing that file, one per system. It holds the state of the last load only, and is replaced before the
warehouse commits: if that then fails, the names are one load ahead, which the next load evens out.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.extract.catalog import Table
from orchestration.extract.meta import quote
from orchestration.extract.projection import REASON, key_list


def collect(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """Key and restricted columns of the batch."""
    columns = ", ".join(quote(c.name) for c in table.restricted)
    return con.execute(f"select {key_list(table)}, {columns} from batch where {REASON} is null").to_arrow_table()


def write(folder: Path, system: str, tables: dict[str, pa.Table], load_id: int) -> None:
    """Replace restricted/<system>.duckdb (folder 0700, file 0600); readers of the old file are not disturbed."""
    if not tables:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    fresh = folder / f"{system}.duckdb.new"
    fresh.unlink(missing_ok=True)
    with duckdb.connect(str(fresh)) as con:
        for name, rows in tables.items():
            con.register("incoming", rows)
            con.execute(f"create table {quote(name)} as select *, {load_id}::bigint as _load_id from incoming")
            con.unregister("incoming")
    fresh.chmod(0o600)
    os.replace(fresh, folder / f"{system}.duckdb")

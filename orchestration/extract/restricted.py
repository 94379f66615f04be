"""Names and e-mails that a documented export asks for: a DuckDB file of their own, never the warehouse.

Belongs here: writing that file. It holds the state of the last load only, and is committed before the warehouse:
if the warehouse then fails, the names are one load ahead, which the next load evens out.
"""

from __future__ import annotations

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
    """Replace the restricted tables of a system in one transaction of the file restricted.duckdb (folder 0700)."""
    if not tables:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    with duckdb.connect(str(folder / "restricted.duckdb")) as con:
        con.execute(f"begin; create schema if not exists {quote(system)}")
        for name, rows in tables.items():
            con.register("incoming", rows)
            con.execute(
                f"create or replace table {quote(system)}.{quote(name)} as select *, {load_id}::bigint as _load_id from incoming"
            )
            con.unregister("incoming")
        con.execute("commit")
    (folder / "restricted.duckdb").chmod(0o600)

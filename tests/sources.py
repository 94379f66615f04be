"""A tiny source that tests write by hand: a DuckDB file with the source tables of a catalog. Not a test itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.extract.catalog import System, catalog

_WHOLE = {"data": "JSON", "details": "JSON", "config": "JSON"}


class HandWritten:
    """Empty source tables of a system; `run` executes SQL in schema public.

    With `keys` the source enforces the keys of its large tables, as most do.
    """

    def __init__(self, file: Path, system: System | None = None, keys: bool = False) -> None:
        self.file, self.system = file, system or catalog()["photobooth"]
        self.run("create schema public")
        for table in self.system.tables.values():
            columns: dict[str, str] = {}
            for column in table.columns:
                landed_as_is = column.expr is None and column.rule != "drop"
                kind = (
                    column.expected_type
                    if landed_as_is
                    else column.from_type or _WHOLE.get(column.source_column, "VARCHAR")
                )
                columns.setdefault(column.source_column, kind)
            items = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            if keys and table.load != "snapshot":
                items += f", primary key ({', '.join(table.column(name).source_column for name in table.key)})"
            self.run(f"create table {table.source} ({items})")

    @property
    def url(self) -> str:
        return f"duckdb://{self.file}"

    def run(self, *statements: str) -> list[tuple]:
        with duckdb.connect(str(self.file)) as con:
            con.execute("set TimeZone = 'UTC'")
            rows = []
            for statement in statements:
                rows = con.execute(statement).fetchall()
            return rows


def uuid(number: int) -> str:
    """The uuid literal of a number, so that hand-written rows are easy to name."""
    return f"'00000000-0000-4000-8000-{number:012d}'"

"""A table as data, and its DDL in two dialects.

Belongs here: the words a source schema is written in (Column, Table) and how they are rendered for PostgreSQL and
DuckDB. Does not: any table of any system (photobooth/schema.py and its later neighbours), or how rows travel
(targets/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

# PostgreSQL type -> DuckDB type with the same meaning. `numeric` without bounds needs a choice: see Column.duckdb.
_DUCKDB_TYPES = {
    "uuid": "UUID",
    "text": "VARCHAR",
    "text[]": "VARCHAR[]",
    "jsonb": "JSON",
    "timestamptz": "TIMESTAMPTZ",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "numeric(12,2)": "DECIMAL(12,2)",
}


@dataclass(frozen=True)
class Column:
    """One column. `type` is the exact PostgreSQL type; `duckdb` overrides the usual counterpart.

    `values` makes `type` the name of an enum with these values.
    """

    name: str
    type: str
    null: bool = True
    duckdb: str | None = None
    values: tuple[str, ...] = ()

    @property
    def duckdb_type(self) -> str:
        is_text = self.values or re.fullmatch(r"(var)?char(\(\d+\))?", self.type)
        return self.duckdb or ("VARCHAR" if is_text else _DUCKDB_TYPES[self.type])

    def enum_ddl(self) -> str:
        """Create the enum type unless another table that uses it has done so: PostgreSQL has no IF NOT EXISTS for it."""
        create = f"CREATE TYPE public.{self.type} AS ENUM ({', '.join(map(repr, self.values))})"
        return f"DO $$ BEGIN {create}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


@dataclass(frozen=True)
class Table:
    """One source table. `changes` are the columns an UPDATE may write: all others keep the value of their insert."""

    name: str
    columns: tuple[Column, ...]
    key: str = "id"
    unique: tuple[tuple[str, ...], ...] = ()
    event_time: str | None = None  # append tables: the column readers page by, so it gets an index
    changes: tuple[str, ...] = field(default=())

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def postgres_ddl(self) -> list[str]:
        """The table as the operational system has it: enums, key, unique constraints, NOT NULL, index on the event time."""
        lines = [f"{c.name} {c.type}" + ("" if c.null else " NOT NULL") for c in self.columns]
        lines.append(f"PRIMARY KEY ({self.key})")
        lines += [f"UNIQUE ({', '.join(group)})" for group in self.unique]
        ddl = [c.enum_ddl() for c in self.columns if c.values]
        ddl.append(f"CREATE TABLE public.{self.name} (\n    " + ",\n    ".join(lines) + "\n)")
        if self.event_time:
            ddl.append(f"CREATE INDEX {self.name}_{self.event_time}_idx ON public.{self.name} ({self.event_time})")
        return ddl

    def duckdb_ddl(self) -> list[str]:
        """The same columns without constraints: fault tests plant duplicates and NULLs that PostgreSQL would refuse."""
        lines = [f"{c.name} {c.duckdb_type}" for c in self.columns]
        return [f"CREATE TABLE public.{self.name} (\n    " + ",\n    ".join(lines) + "\n)"]


def columns(text: str, enums: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> tuple[Column, ...]:
    """Parse 'name type[!]' lines, `!` meaning NOT NULL and `= TYPE` naming another DuckDB type.

    `enums` holds the values of the types that are enums.
    """
    parsed = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        declaration, _, duckdb = (part.strip() for part in line.partition("="))
        name, _, kind = declaration.partition(" ")
        plain, null = kind.strip().rstrip("!"), not kind.endswith("!")
        parsed.append(Column(name, plain, null, duckdb or None, enums.get(plain, ())))
    return tuple(parsed)
